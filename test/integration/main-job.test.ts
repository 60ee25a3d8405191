import { expect, it } from 'vitest';
import type { FaultScope } from '../../local/faults/zoho-fault-plan.ts';
import type { Fault } from '../../local/faults/zoho-faults.ts';
import { openStage } from './open-stage.ts';

// The way of one token, over HTTP with the real bundle. What each word of Zoho is judged as, every wait and every line of an
// alert are proven by the unit tests; every call under every fault by the fault matrix.

it('a first tick stores tokens that apps can use, after a text that says that nothing is stored', async () => {
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
  expect([stage.isGood('salesiq'), stage.isGood('desk'), stage.told()]).toEqual([true, true, []]);
  const versions = stage.secretsManager.versions('zoho/desk/token');
  expect(versions.map(({ stages }) => stages)).toEqual([['AWSPREVIOUS'], ['AWSCURRENT']]);
  expect(versions[0]?.secretString).toBe('nothing stored yet');
});

it('a tick with nothing to do reads twice for each connection, and a refresh costs two calls to AWS more', async () => {
  const stage = await openStage(['desk']);
  const operationsOfTick = async () => {
    stage.secretsManager.calls.length = 0;
    await stage.tick();
    return stage.secretsManager.calls.map(({ operation }) => operation);
  };
  await stage.tick();
  stage.pass(5);
  const reads = ['GetSecretValue', 'GetSecretValue'];
  expect(await operationsOfTick()).toEqual(reads);
  stage.pass(15);
  expect(await operationsOfTick()).toEqual([...reads, 'GetSecretValue', 'PutSecretValue']);
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

it('a revoked consent alerts at once, is critical once a probe finds the token dead, and ends with a new consent', async () => {
  const night = await openStage();
  await night.ticks(4);
  night.zoho.revoke(night.credentialsOf().refresh_token ?? '');
  await night.ticks(8);
  expect(night.told()).toEqual(['open:invalid_code:warning@20', 'escalated:invalid_code:critical@30']);
  expect(night.alerts()[1]?.impact).toContain('the stored token is rejected by Desk');
  night.consentAgain();
  await night.ticks(4);
  expect(night.told().slice(2)).toEqual(['resolved:invalid_code:warning@60']);
  expect(night.alerts()[2]?.impact).toContain('failed for 30 minutes, from 00:30 UTC to 01:00 UTC');
  expect([night.record()?.state, night.isGood()]).toEqual(['closed', true]);
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
