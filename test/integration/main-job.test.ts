import { expect, it } from 'vitest';
import type { FaultScope } from '../../local/faults/zoho-fault-plan.ts';
import type { Fault } from '../../local/faults/zoho-faults.ts';
import { fingerprint } from '../../local/zoho/made-up.ts';
import { openStage } from './open-stage.ts';

// The way of one token, over HTTP with the real bundle. What each word of Zoho is judged as, every wait and every line of an
// alert are proven by the unit tests; every call under every fault by the fault matrix.

it('a first tick stores the documents that apps read, after a text that says that nothing is stored', async () => {
  const stage = await openStage(['salesiq', 'desk']);
  const { answer } = await stage.tick();
  const refreshed = {
    outcome: 'refreshed',
    code: null,
    expires_at: '2026-03-01T01:00:00.000Z',
    probe: 'accepted',
  };
  expect(answer).toEqual({
    connections: [
      { connection: 'salesiq', ...refreshed },
      { connection: 'desk', ...refreshed },
    ],
  });
  expect(stage.document('desk')).toMatchObject({
    version: 1,
    connection: 'desk',
    service: 'desk',
    data_center: 'in',
    token_type: 'Bearer',
    api_domain: 'https://www.zohoapis.in',
    issued_at: '2026-03-01T00:00:00.000Z',
    expires_at: '2026-03-01T01:00:00.000Z',
    base_url: 'https://desk.zoho.in',
    settings: { org_id: '60000688226', department_id: '2782000000002013' },
  });
  expect([stage.isGood('salesiq'), stage.isGood('desk'), stage.told()]).toEqual([true, true, []]);
  const versions = stage.secretsManager.versions('zoho/desk/token');
  expect(versions.map(({ stages }) => stages)).toEqual([['AWSPREVIOUS'], ['AWSCURRENT']]);
  expect(versions[0]?.secretString).toBe('nothing stored yet');
});

const toDesk = { host: 'desk.zoho.in' };

/** What Zoho or its service says when a refresh is due: the answer, and the alert with words of its e-mail. */
const words: [fault: Fault, name: string, answer: string, code: string | null, email?: RegExp, scope?: FaultScope][] = [
  [
    'wrong_prefix:1005.',
    'salesiq',
    'failed:null',
    'prefix_mismatch',
    /token_prefix in connections\.json[\s\S]*starts with 1000\., found 1005\. Tried/,
  ],
  [
    'missing_scope:Desk.calls.CREATE',
    'desk',
    'failed:null',
    'scope_mismatch',
    /lacks Desk\.calls\.CREATE; granted: .*Desk\.calls\.READ/,
  ],
  ['desk:OAUTH_ORG_MISMATCH', 'desk', 'refreshed:accepted', 'setting_mismatch', /settings\.org_id/, toDesk],
  ['foreign_api_domain', 'desk', 'refreshed:accepted', 'setting_mismatch', /Desk accepts the token all the same/],
  ['crm:OAUTH_SCOPE_MISMATCH', 'crm', 'failed:null', 'scope_mismatch', /OAUTH_SCOPE_MISMATCH/],
  ['no_api_domain', 'crm', 'refreshed:accepted', null],
  ['html_401', 'desk', 'refreshed:cannot_tell', null, undefined, toDesk],
];

it.for(words)(
  'under %s a due token of %s is %s: the stored one is good, the alert says how to mend it, another is refreshed',
  async ([fault, name, answer, code, email, scope]) => {
    const other = name === 'salesiq' ? 'desk' : 'salesiq';
    const stage = await openStage([name, other]);
    await stage.tick();
    const before = stage.read();
    stage.zoho.faults.set(fault, scope ?? { clientId: stage.credentialsOf().client_id ?? '' });
    stage.pass(20);
    const invoked = await stage.tick();
    const { outcome, code: found, probe } = stage.resultOf(invoked) ?? {};
    expect([`${outcome}:${probe}`, found]).toEqual([answer, code]);
    expect(stage.resultOf(invoked, other)).toMatchObject({ outcome: 'refreshed', code: null });
    expect([stage.read() === before, stage.isGood()]).toEqual([answer.startsWith('failed'), true]);
    expect(stage.told()).toEqual(code === null ? [] : [`open:${code}:warning@20`]);
    if (email !== undefined) expect(stage.alerts()[0]?.text).toMatch(email);
  },
);

it('a connection for which Zoho hangs does not delay the other', async () => {
  const stage = await openStage(['salesiq', 'desk']);
  const tail = fingerprint(stage.credentialsOf('salesiq').refresh_token ?? '');
  const hanging = stage.zoho.faults.gate(({ kind, refreshTokenTail }) => kind === 'token' && refreshTokenTail === tail);
  const stored = stage.secretsManager.faults.gate(
    ({ operation, secretId, stages }) =>
      operation === 'PutSecretValue' && secretId === 'zoho/desk/token' && stages?.includes('AWSCURRENT') === true,
  );
  const tick = stage.tick();
  await hanging.arrived;
  await stored.arrived;
  stored.release();
  hanging.release();
  const refreshed = { outcome: 'refreshed' };
  // Had desk waited for the end of the hanging call, that would have timed out.
  expect((await tick).answer).toMatchObject({ connections: [refreshed, refreshed] });
});

it('an event that is not understood is answered, and does nothing else', async () => {
  const stage = await openStage();
  for (const event of [null, { connections: ['nobody'], reason: 'operator' }, { test_alert: 'yes' }]) {
    expect(await stage.invoke(event)).toMatchObject({ answer: { error: expect.any(String) } });
  }
  expect([stage.secretsManager.calls, stage.zoho.requests, stage.sns.calls]).toEqual([[], [], []]);
});

it('a test alert is published once in ten minutes, and fails the invocation if SNS refuses it', async () => {
  const stage = await openStage();
  const ask = () => stage.invoke({ test_alert: true });
  expect((await ask()).answer).toEqual({ test_alert: 'sent' });
  expect((await ask()).answer).toEqual({ test_alert: 'waiting' });
  expect(stage.told()).toEqual(['test:test:warning@0']);
  stage.pass(10);
  stage.sns.faults.set({ kind: 'access_denied' });
  expect((await ask()).error?.message).toContain('SNS did not take the alert');
});
