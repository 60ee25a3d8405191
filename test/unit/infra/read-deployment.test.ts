import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { chooseStage, readDeployment } from '../../../infra/deployment/read-deployment.ts';

const fitsSchema = new Ajv({ strict: false }).compile(
  JSON.parse(readFileSync('deployment.schema.json', 'utf8')) as object,
);
const heard = { alert_emails: ['on-call@acme.io'] };
const read = (stages: unknown) => readDeployment(JSON.stringify({ stages }), () => 'zoho');
const faultsOf = (stages: unknown): string => {
  try {
    read(stages);
  } catch (fault) {
    return (fault as Error).message;
  }
  return '';
};
const topic = 'arn:aws:sns:ap-south-1:123456789012:alerts';
const key = 'arn:aws:kms:ap-south-1:123456789012:key/11111111-2222-4333-8444-555555555555';

describe('the stages of deployment.json', () => {
  it('are named by their stage, and production by nothing', () => {
    expect(read({ production: heard, staging: heard })).toMatchObject([
      {
        name: 'production',
        stackName: 'ZohoTokenRefresher',
        secretPrefix: 'zoho',
        alertEmails: ['on-call@acme.io'],
      },
      { name: 'staging', stackName: 'ZohoTokenRefresher-staging', secretPrefix: 'zoho-staging' },
    ]);
  });

  it('take their prefix from their own connections file, or say it', () => {
    const text = JSON.stringify({
      stages: {
        production: { ...heard, connections: 'b.json' },
        own: { ...heard, secret_prefix: 'team/zoho' },
      },
    });
    const prefixes = readDeployment(text, (file) => (file === 'b.json' ? 'b' : 'zoho'));
    expect(prefixes.map(({ secretPrefix }) => secretPrefix)).toEqual(['b', 'team/zoho']);
  });

  it('may begin with a byte-order mark', () => {
    const text = `\uFEFF${readFileSync('deployment.json', 'utf8')}`;
    expect(readDeployment(text, () => 'zoho')).toMatchObject([{ name: 'production' }]);
  });

  it('may share a prefix only where they are known to be apart', () => {
    const place = { account: '123456789012', region: 'ap-south-1' };
    const twins = (one: object, other: object) =>
      faultsOf({ production: { ...heard, ...one }, eu: { ...heard, secret_prefix: 'zoho', ...other } });
    expect(twins(place, place)).toMatch(/\$\.stages\.eu\.secret_prefix: .* stage production/);
    expect(twins(place, {})).toMatch(/secret_prefix/);
    expect(twins({}, {})).toMatch(/secret_prefix/);
    expect(twins(place, { ...place, region: 'eu-west-1' })).toBe('');
    expect(twins(place, { ...place, account: '210987654321' })).toBe('');
    expect(
      faultsOf({ a: { ...heard, secret_prefix: 'x/y' }, b: { ...heard, secret_prefix: 'x-y' } }),
    ).toMatch(/functions have the same names/);
  });
});

describe('a stage is chosen', () => {
  const [one, two] = [read({ production: heard }), read({ production: heard, staging: heard })];
  it('by its name, or alone', () => {
    expect(chooseStage(one, undefined, '-c stage=NAME').name).toBe('production');
    expect(chooseStage(two, 'staging', '-c stage=NAME').name).toBe('staging');
  });
  it('fails with the list of stages where it is not clear', () => {
    expect(() => chooseStage(two, undefined, '-c stage=NAME')).toThrow(
      'deployment.json has the stages production, staging: choose one with -c stage=NAME',
    );
    expect(() => chooseStage(one, 'prod', '-c stage=NAME')).toThrow('no stage "prod", expected production');
  });
});

/** Editors check with the schema, the program with its reader: they must say the same. */
describe('deployment.schema.json and the reader', () => {
  const cases: [stage: Record<string, unknown>, fault: RegExp | undefined][] = [
    [heard, undefined],
    [{ alert_topic_arn: topic }, undefined],
    [{ slack_workspace_id: 'T0123', slack_channel_id: 'C0123' }, undefined],
    [{ alerts_to_nobody: true }, undefined],
    [{}, /\$\.stages\.production: nobody would hear of a failure: give alert_emails/],
    [{ alert_emails: [] }, /nobody would hear/],
    [{ paging_topic: true }, /nobody would hear/],
    [{ alerts_to_nobody: false }, /nobody would hear/],
    [{ ...heard, alertEmails: ['x'] }, /\$\.stages\.production\.alertEmails: unknown key/],
    [{ ...heard, tick_interval_minutes: 6 }, /tick_interval_minutes: unknown key/],
    [{ alert_emails: ['on-call'] }, /alert_emails\[0\]: expected an e-mail address/],
    [{ alert_emails: 'on-call@acme.io' }, /alert_emails: expected a list/],
    [{ alert_emails: ['a@acme.io', 'a@acme.io'] }, /alert_emails\[1\]: the same as alert_emails\[0\]/],
    [{ ...heard, account: 123456789012 }, /account: expected string/],
    [{ ...heard, account: '1234' }, /account: expected the twelve digits/],
    [{ ...heard, region: 'Mumbai' }, /region: expected a Region such as "ap-south-1"/],
    [{ ...heard, region: 'us-gov-west-1' }, undefined],
    [{ ...heard, region: 'eusc-de-east-1' }, undefined],
    [
      { ...heard, token_replica_regions: ['eu-west-1', 'eu-west-1'] },
      /token_replica_regions\[1\]: the same as/,
    ],
    [{ ...heard, runbook_url: 'http://wiki' }, /runbook_url: expected an address that begins with https/],
    [{ ...heard, secret_prefix: '/zoho' }, /secret_prefix: expected letters/],
    [{ ...heard, slack_channel_id: 'C0123' }, /slack_workspace_id: missing beside slack_channel_id/],
    [{ ...heard, teams_team_id: 'x' }, /teams_tenant_id: missing(.|\n)*teams_channel_id: missing/],
    [{ ...heard, encryption_key_arn: key }, undefined],
    [
      { ...heard, encryption_key_arn: key.replace(/key\/.*/, 'alias/zoho') },
      /an alias names no key in a policy/,
    ],
    [{ ...heard, encryption_key_arn: key, customer_managed_key: true }, /leave one of them out/],
    [{ ...heard, reserved_concurrency: 0 }, /reserved_concurrency: expected at least 1/],
    [{ ...heard, memory_size_megabytes: 512.5 }, /memory_size_megabytes: expected a whole number/],
    [{ ...heard, log_level: 'TRACE' }, /log_level: expected \("DEBUG"/],
  ];
  it.each(cases)('%j', (production, fault) => {
    expect(fitsSchema({ stages: { production } })).toBe(fault === undefined);
    if (fault === undefined) expect(faultsOf({ production })).toBe('');
    else expect(faultsOf({ production })).toMatch(fault);
  });

  it('accept the file of this repository', () => {
    expect(fitsSchema(JSON.parse(readFileSync('deployment.json', 'utf8')))).toBe(true);
  });

  it.each([{}, [], null, { stages: [] }, { stages: {} }, { stages: { 'a b': heard } }, { stages: { a: 1 } }])(
    'refuse %j',
    (json) => {
      expect(fitsSchema(json)).toBe(false);
      expect(() => readDeployment(JSON.stringify(json), () => 'zoho')).toThrow(
        /deployment\.json has \d fault/,
      );
    },
  );

  it('list all faults at once', () => {
    expect(faultsOf({ a: { region: 'x' }, b: { account: 'y', alert_emails: [1] } })).toMatch(
      /^deployment\.json has 4 faults\n/,
    );
  });

  it('never repeat what may be a secret, wherever it was pasted', () => {
    const secret = `1000.${'0a1b2c3d4e5f6071'.repeat(2)}.${'8293a4b5c6d7e8f9'.repeat(2)}`;
    const places: unknown[] = [
      { [secret]: heard },
      { production: { ...heard, [secret]: 1 } },
      { production: { alert_emails: [secret], region: secret, account: secret, log_level: secret } },
      { production: { ...heard, encryption_key_arn: secret, profile: `${secret};`, runbook_url: secret } },
      secret,
    ];
    for (const stages of places) {
      expect(faultsOf(stages)).toMatch(/fault/);
      expect(faultsOf(stages)).not.toMatch(/0a1b2c3d|8293a4b5/);
    }
    expect(() => readDeployment(`{"stages": ${secret}`, () => 'zoho')).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/0a1b|8293/) }),
    );
  });
});
