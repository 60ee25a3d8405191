import { expect, it } from 'vitest';
import { openStage } from './open-stage.ts';

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

it.each([
  [
    'salesiq',
    'wrong_prefix:1005.',
    'prefix_mismatch',
    /token_prefix in connections\.json[\s\S]*starts with 1000\., found 1005\. Tried/,
  ],
  [
    'desk',
    'missing_scope:Desk.calls.CREATE',
    'scope_mismatch',
    /lacks Desk\.calls\.CREATE; granted: .*Desk\.calls\.READ/,
  ],
] as const)(
  '%s keeps its token under %s, the alert says how to mend it, and the other is refreshed',
  async (name, fault, code, words) => {
    const stage = await openStage(['salesiq', 'desk']);
    const other = name === 'desk' ? 'salesiq' : 'desk';
    await stage.tick();
    const before = stage.read(name);
    stage.zoho.faults.set(fault, { clientId: stage.credentialsOf(name).client_id ?? '' });
    stage.pass(20);
    const invoked = await stage.tick();
    expect(stage.resultOf(invoked, name)).toMatchObject({ outcome: 'failed', code });
    expect(stage.resultOf(invoked, other)).toMatchObject({ outcome: 'refreshed', code: null });
    expect(stage.read(name)).toBe(before);
    expect(stage.told()).toEqual([`open:${code}:warning@20`]);
    expect(stage.alerts()[0]?.text).toMatch(words);
  },
);

it('a connection for which Zoho hangs does not delay the other', async () => {
  const stage = await openStage(['salesiq', 'desk']);
  stage.zoho.faults.set('hang', { clientId: stage.credentialsOf('salesiq').client_id ?? '' });
  const invoked = await stage.tick();
  expect(stage.resultOf(invoked, 'salesiq')).toMatchObject({ outcome: 'failed', code: 'zoho_unavailable' });
  expect(stage.resultOf(invoked, 'desk')).toMatchObject({ outcome: 'refreshed' });
  const lines = invoked.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const desk = lines.find(({ event, connection }) => event === 'connection' && connection === 'desk');
  expect(desk?.duration_ms).toBeLessThan(3_000);
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
  stage.sns.faults.set({ kind: 'internal_error' });
  expect((await ask()).error?.message).toContain('SNS did not take the alert');
});
