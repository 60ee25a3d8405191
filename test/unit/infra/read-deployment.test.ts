import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { chooseStage, readDeployment } from '../../../infra/deployment/read-deployment.ts';

const fitsSchema = new Ajv({ strict: false }).compile(
  JSON.parse(readFileSync('deployment.schema.json', 'utf8')) as object,
);
const heard = { alert_emails: ['on-call@acme.io'] };
const read = (stages: unknown, prefixOf = (_file: string) => 'zoho') =>
  readDeployment(JSON.stringify({ stages }), prefixOf);
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
const alias = key.replace(/key\/.*/, 'alias/zoho');

describe('the stages of deployment.json', () => {
  it('are named by their stage, and production by nothing', () => {
    const [production, staging] = read({ production: heard, staging: heard });
    const named = { name: 'production', stackName: 'ZohoTokenRefresher', secretPrefix: 'zoho' };
    expect(production).toMatchObject({ ...named, alertEmails: ['on-call@acme.io'] });
    expect(staging).toMatchObject({ stackName: 'ZohoTokenRefresher-staging', secretPrefix: 'zoho-staging' });
  });

  it('take their prefix from their own connections file, or say it', () => {
    const stages = {
      production: { ...heard, connections: 'b.json' },
      own: { ...heard, secret_prefix: 'team/zoho' },
    };
    const prefixes = read(stages, (file) => (file === 'b.json' ? 'b' : 'zoho'));
    expect(prefixes.map(({ secretPrefix }) => secretPrefix)).toEqual(['b', 'team/zoho']);
  });

  it('may begin with a byte-order mark', () => {
    const text = `\uFEFF${readFileSync('deployment.json', 'utf8')}`;
    expect(readDeployment(text, () => 'zoho')).toMatchObject([{ name: 'production' }]);
  });

  const place = { account: '123456789012', region: 'ap-south-1' };
  it.each<[one: object, other: object, fault: RegExp]>([
    [place, place, /\$\.stages\.b\.secret_prefix: .* stage a/],
    [place, {}, /secret_prefix/],
    [{}, {}, /secret_prefix/],
    [place, { ...place, region: 'eu-west-1' }, /^$/],
    [place, { ...place, account: '210987654321' }, /^$/],
    [{ secret_prefix: 'x/y' }, { secret_prefix: 'x-y' }, /functions have the same names/],
  ])('may share a prefix only where they are known to be apart: %j and %j', (one, other, fault) => {
    const twin = { ...heard, secret_prefix: 'zoho' };
    expect(faultsOf({ a: { ...twin, ...one }, b: { ...twin, ...other } })).toMatch(fault);
  });

  it('are chosen by name, or alone; it fails with the list of stages if it is not clear which', () => {
    const [one, two] = [read({ production: heard }), read({ production: heard, staging: heard })];
    expect(chooseStage(one, undefined).name).toBe('production');
    expect(chooseStage(two, 'staging').name).toBe('staging');
    expect(() => chooseStage(two, undefined)).toThrow(
      'deployment.json has the stages production, staging: choose one with -c stage=NAME',
    );
    expect(() => chooseStage(one, 'prod')).toThrow('no stage "prod", expected production');
  });
});

/** Editors check with the schema, the program with its reader: they must say the same. */
describe('deployment.schema.json and the reader', () => {
  it.each<[stage: object]>([
    [heard],
    [{ alert_topic_arn: topic }],
    [{ alert_topic_arn: topic, alert_topic_key_arn: key }],
    [{ slack_workspace_id: 'T0123', slack_channel_id: 'C0123' }],
    [{ alerts_to_nobody: true }],
    [{ ...heard, region: 'us-gov-west-1' }],
    [{ ...heard, region: 'eusc-de-east-1' }],
    [{ ...heard, encryption_key_arn: key }],
  ])('accept %j', (production) => {
    expect(fitsSchema({ stages: { production } })).toBe(true);
    expect(faultsOf({ production })).toBe('');
  });

  it.each<[fault: RegExp, stage: object]>([
    [/\$\.stages\.production: nobody would be alerted to a failure: give alert_emails/, {}],
    [/nobody would be alerted/, { alert_emails: [] }],
    [/nobody would be alerted/, { paging_topic: true }],
    [/nobody would be alerted/, { alerts_to_nobody: false }],
    [/alert_emails\[0\]: expected an e-mail address/, { alert_emails: ['on-call'] }],
    [/alert_emails: expected a list/, { alert_emails: 'on-call@acme.io' }],
    [/alert_emails\[1\]: the same as alert_emails\[0\]/, { alert_emails: ['a@acme.io', 'a@acme.io'] }],
    [/\$\.stages\.production\.alertEmails: unknown key/, { ...heard, alertEmails: ['x'] }],
    [/tick_interval_minutes: unknown key/, { ...heard, tick_interval_minutes: 6 }],
    [/account: expected string/, { ...heard, account: 123456789012 }],
    [/account: expected the twelve digits/, { ...heard, account: '1234' }],
    [/region: expected a Region such as "ap-south-1"/, { ...heard, region: 'Mumbai' }],
    [/token_replica_regions\[1\]: the same as/, { ...heard, token_replica_regions: ['eu-1', 'eu-1'] }],
    [/runbook_url: expected an address that begins with https/, { ...heard, runbook_url: 'http://wiki' }],
    [/secret_prefix: expected letters/, { ...heard, secret_prefix: '/zoho' }],
    [/alert_topic_arn: missing beside alert_topic_key_arn/, { ...heard, alert_topic_key_arn: key }],
    [/slack_workspace_id: missing beside slack_channel_id/, { ...heard, slack_channel_id: 'C0123' }],
    [/teams_tenant_id: missing(.|\n)*teams_channel_id: missing/, { ...heard, teams_team_id: 'x' }],
    [/an alias names no key in a policy/, { ...heard, encryption_key_arn: alias }],
    [/leave one of them out/, { ...heard, encryption_key_arn: key, customer_managed_key: true }],
    [/reserved_concurrency: expected at least 1/, { ...heard, reserved_concurrency: 0 }],
    [/memory_size_megabytes: expected a whole number/, { ...heard, memory_size_megabytes: 512.5 }],
    [/log_retention_days: expected \(1 \| 3/, { ...heard, log_retention_days: 8 }],
    [/log_level: expected \("DEBUG"/, { ...heard, log_level: 'TRACE' }],
  ])('refuse with %s: %j', (fault, production) => {
    expect(fitsSchema({ stages: { production } })).toBe(false);
    expect(faultsOf({ production })).toMatch(fault);
  });

  it.each([{}, [], null, { stages: [heard] }, { stages: {} }, { stages: { 'a b': heard } }, { stages: { a: 1 } }])(
    'refuse the file %j',
    (json) => {
      expect(fitsSchema(json)).toBe(false);
      expect(() => readDeployment(JSON.stringify(json), () => 'zoho')).toThrow(/json has \d fault/);
    },
  );

  it('accept the file of this repository, and list all faults of another at once', () => {
    expect(fitsSchema(JSON.parse(readFileSync('deployment.json', 'utf8')))).toBe(true);
    const faults = faultsOf({ a: { region: 'x' }, b: { account: 'y', alert_emails: [1] } });
    expect(faults).toMatch(/^deployment\.json has 4 faults\n/);
  });

  const secret = `1000.${'0a1b2c3d4e5f6071'.repeat(2)}.${'8293a4b5c6d7e8f9'.repeat(2)}`;
  it.each<[stages: unknown]>([
    [{ [secret]: heard }],
    [{ production: { ...heard, [secret]: 1 } }],
    [{ production: { alert_emails: [secret], region: secret, account: secret, log_level: secret } }],
    [{ production: { ...heard, encryption_key_arn: secret, profile: `${secret};`, runbook_url: secret } }],
    [secret],
  ])('never repeat what may be a secret, wherever it was pasted: %j', (stages) => {
    expect(faultsOf(stages)).toMatch(/fault/);
    expect(faultsOf(stages)).not.toMatch(/0a1b2c3d|8293a4b5/);
    const message = expect.not.stringMatching(/0a1b|8293/);
    const broken = () => readDeployment(`{"stages": ${secret}`, () => 'zoho');
    expect(broken).toThrow(expect.objectContaining({ message }));
  });
});
