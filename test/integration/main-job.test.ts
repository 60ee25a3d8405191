import { afterEach, describe, expect, it } from 'vitest';
import { type Night, startNight } from './night.ts';

let night: Night;
afterEach(() => night.close());

describe('a tick with nothing stored', () => {
  it('stores both tokens as the documents that apps read', async () => {
    night = await startNight(['salesiq', 'desk']);
    const invoked = await night.tick();
    expect(invoked.answer).toEqual({
      connections: [
        { connection: 'salesiq', outcome: 'refreshed', code: null, expires_at: '2026-03-01T01:00:00.000Z' },
        { connection: 'desk', outcome: 'refreshed', code: null, expires_at: '2026-03-01T01:00:00.000Z' },
      ],
    });
    expect(night.stored('desk')).toMatchObject({
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
    expect(night.works('desk')).toBe(true);
    expect(night.works('salesiq')).toBe(true);
    expect(night.told()).toEqual([]);
  });

  it('writes `nothing stored yet` before the token, so that AWSPREVIOUS is never a record', async () => {
    night = await startNight();
    await night.tick();
    const versions = night.secretsManager.versions('zoho/desk/token');
    expect(versions.map(({ stages }) => stages)).toEqual([['AWSPREVIOUS'], ['AWSCURRENT']]);
    expect(versions[0]?.secretString).toBe('nothing stored yet');
  });
});

describe('the faults of the guide', () => {
  it('keeps the old token when a SalesIQ refresh yields a 1005. token, and names both prefixes and the fix', async () => {
    night = await startNight(['salesiq', 'desk']);
    await night.tick();
    const before = night.stored('salesiq');
    night.zoho.faults.set('wrong_prefix:1005.', {
      host: 'accounts.zoho.in',
      clientId: night.credentialsOf('salesiq').client_id ?? '',
    });
    night.pass(20);
    const invoked = await night.tick();
    expect(night.result(invoked, 'salesiq')).toMatchObject({ outcome: 'failed', code: 'prefix_mismatch' });
    expect(night.result(invoked, 'desk')).toMatchObject({ outcome: 'refreshed', code: null });
    expect(night.stored('salesiq')).toEqual(before);
    const [alert, ...others] = night.alerts();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      state: 'open',
      code: 'prefix_mismatch',
      connection: 'salesiq',
      severity: 'warning',
    });
    expect(alert?.text).toContain('expected a token that starts with 1000., found 1005.');
    expect(alert?.text).toContain('token_prefix in connections.json');
  });

  it('keeps the old token when a scope is missing, and names the missing and the granted scopes', async () => {
    night = await startNight(['salesiq', 'desk']);
    await night.tick();
    const before = night.stored('desk');
    night.zoho.faults.set('missing_scope:Desk.calls.CREATE', {
      clientId: night.credentialsOf('desk').client_id ?? '',
    });
    night.pass(20);
    const invoked = await night.tick();
    expect(night.result(invoked, 'desk')).toMatchObject({ outcome: 'failed', code: 'scope_mismatch' });
    expect(night.result(invoked, 'salesiq')).toMatchObject({ outcome: 'refreshed' });
    expect(night.stored('desk')).toEqual(before);
    expect(night.alerts()[0]?.text).toMatch(/lacks Desk\.calls\.CREATE; granted: .*Desk\.calls\.READ/);
  });
});

describe('one connection in trouble', () => {
  it('does not delay the other when Zoho hangs', async () => {
    night = await startNight(['salesiq', 'desk']);
    night.zoho.faults.set('hang', { clientId: night.credentialsOf('salesiq').client_id ?? '' });
    const invoked = await night.tick();
    expect(night.result(invoked, 'salesiq')).toMatchObject({ outcome: 'failed', code: 'zoho_unavailable' });
    expect(night.result(invoked, 'desk')).toMatchObject({ outcome: 'refreshed' });
    const lines = invoked.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const desk = lines.find(({ event, connection }) => event === 'connection' && connection === 'desk');
    expect(desk?.duration_ms).toBeLessThan(3_000);
  });
});

describe('an event that is not understood', () => {
  it.each([
    [{}],
    [null],
    [{ connections: [] }],
    [{ connections: ['nobody'], reason: 'operator' }],
    [{ connections: ['desk'], reason: 'unauthorized', force: true }],
    [{ connections: ['desk'], reason: 'other' }],
    [{ scheduled_time: 'yesterday', schedule_arn: 'arn' }],
    [{ test_alert: 'yes' }],
  ])('is answered, does nothing and fails nobody: %j', async (event) => {
    night = await startNight();
    const invoked = await night.invoke(event);
    expect(invoked.answer).toEqual({ error: expect.any(String) });
    expect(night.secretsManager.calls).toEqual([]);
    expect(night.zoho.requests).toEqual([]);
    expect(night.sns.inbox).toEqual([]);
  });
});

describe('a test alert', () => {
  it('takes the real way, once in ten minutes', async () => {
    night = await startNight();
    expect((await night.invoke({ test_alert: true })).answer).toEqual({ test_alert: 'sent' });
    expect((await night.invoke({ test_alert: true })).answer).toEqual({ test_alert: 'waiting' });
    expect(night.alerts()).toMatchObject([
      { state: 'test', severity: 'warning', connection: 'all', code: 'test' },
    ]);
    night.pass(10);
    expect((await night.invoke({ test_alert: true })).answer).toEqual({ test_alert: 'sent' });
  });

  it('fails the invocation when SNS refuses it', async () => {
    night = await startNight();
    night.sns.faults.set({ kind: 'internal_error' });
    expect((await night.invoke({ test_alert: true })).error?.message).toContain('SNS did not take the alert');
  });
});
