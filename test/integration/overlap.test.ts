import {
  GetSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import type { StageOnClock } from '../support/stage.ts';
import { openStage } from './open-stage.ts';

// That overlapping runs store one token, alert once and lose nothing, whatever order their steps take and wherever one dies, is
// tried exhaustively in test/unit/lambda/interleavings.test.ts, and over HTTP with kills in test/proof/crash.test.ts.

/** What an operator does by hand, with AWS's own client. */
async function moveCurrent({ secretsManager }: StageOnClock, to: string): Promise<void> {
  const client = new SecretsManagerClient({
    endpoint: secretsManager.url,
    region: 'ap-south-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const [SecretId, VersionStage] = ['zoho/desk/token', 'AWSCURRENT'];
  const { VersionId } = await client.send(new GetSecretValueCommand({ SecretId, VersionStage }));
  await client.send(
    new UpdateSecretVersionStageCommand({
      SecretId,
      VersionStage,
      MoveToVersionId: to,
      RemoveFromVersionId: VersionId,
    }),
  );
}

describe('two runs that overlap', () => {
  it('store one token, and the later one takes it for its own', async () => {
    const stage = await openStage();
    const other = stage.stage.startEnvironment();
    const gate = stage.secretsManager.faults.gate(
      ({ operation, stages }) => operation === 'PutSecretValue' && stages?.includes('AWSCURRENT') === true,
    );
    const late = stage.tick();
    await gate.arrived;
    expect(stage.resultOf(await stage.tick(other))).toMatchObject({ outcome: 'refreshed' });
    const stored = stage.read();
    gate.release();
    expect(stage.resultOf(await late)).toMatchObject({ outcome: 'refreshed' });
    expect(stage.read()).toBe(stored);
    expect(stage.isGood()).toBe(true);
  });

  it('alert nobody if one fails after the other has stored a good token', async () => {
    const stage = await openStage();
    const other = stage.stage.startEnvironment();
    await stage.ticks(4);
    const gate = stage.zoho.gate(({ kind }) => kind === 'token');
    const failing = stage.tick();
    await gate.arrived;
    await stage.tick(other);
    stage.zoho.faults.set('invalid_code', { times: 1 });
    gate.release();
    await failing;
    expect(stage.asked()).toEqual([0, 20, 20]);
    expect(stage.zoho.requests.map(({ outcome }) => outcome)).toContain('invalid_code');
    expect([stage.told(), stage.isGood()]).toEqual([[], true]);
  });
});

it('a label that was moved back by hand does not keep a new token from being stored', async () => {
  const stage = await openStage();
  await stage.ticks(5);
  const [, first] = stage.secretsManager.versions('zoho/desk/token');
  await moveCurrent(stage, first?.versionId ?? '');
  const [invoked] = await stage.ticks(1);
  expect(stage.resultOf(invoked ?? { lines: [] })).toMatchObject({ outcome: 'refreshed' });
  expect(stage.isGood()).toBe(true);
});

describe('while SNS refuses alerts', () => {
  it('every invocation fails, the alert is tried on the next tick and then every half hour, and is sent once', async () => {
    const stage = await openStage();
    await stage.ticks(4);
    stage.zoho.faults.set('invalid_code');
    stage.sns.faults.set({ kind: 'access_denied' });
    const ticks = await stage.ticks(14);
    expect(ticks.filter(({ error }) => error === undefined)).toEqual([]);
    expect(ticks[0]?.error?.message).toContain('SNS did not take the alert');
    const tries = stage.sns.calls.map(({ at }) => (at - Date.parse('2026-03-01T00:00:00Z')) / 60_000);
    expect([...new Set(tries)]).toEqual([20, 25, 55, 85]);
    stage.sns.faults.clear();
    await stage.ticks(8);
    expect(stage.told()[0]).toMatch(/^open:invalid_code/);
    expect(stage.told().filter((alert) => alert.startsWith('open'))).toHaveLength(1);
  });

  it('an incident that ends meanwhile is alerted by one mail that says so', async () => {
    const stage = await openStage();
    await stage.ticks(4);
    stage.zoho.faults.set('invalid_code');
    stage.sns.faults.set({ kind: 'throttled' });
    await stage.ticks(1);
    stage.zoho.faults.clear();
    stage.storeAgain();
    stage.sns.faults.clear();
    const [invoked] = await stage.ticks(1);
    expect(stage.resultOf(invoked ?? { lines: [] })).toMatchObject({ outcome: 'refreshed' });
    expect(stage.told()).toEqual(['resolved:invalid_code:warning@25']);
  });
});

describe('while Secrets Manager refuses', () => {
  it('to read the record, the token is refreshed all the same, and the invocation fails at its end', async () => {
    const stage = await openStage();
    await stage.ticks(4);
    stage.secretsManager.faults.set({
      kind: 'access_denied',
      operations: ['GetSecretValue'],
      stages: ['INCIDENT'],
    });
    const [invoked] = await stage.ticks(1);
    expect(invoked?.error).toBeDefined();
    expect(stage.document().issued_at).toBe('2026-03-01T00:20:00.000Z');
  });

  it('to write the record, the invocation fails and publishes nothing', async () => {
    const stage = await openStage();
    await stage.ticks(4);
    stage.zoho.faults.set('invalid_code');
    stage.secretsManager.faults.set({ kind: 'access_denied', operations: ['PutSecretValue'] });
    const [invoked] = await stage.ticks(1);
    expect(invoked?.error?.message).toContain('zoho/desk/token');
    expect(stage.told()).toEqual([]);
  });

  it('because the token secret is gone, the invocation fails and Zoho is not asked', async () => {
    const stage = await openStage();
    stage.secretsManager.remove('zoho/desk/token');
    const [invoked] = await stage.ticks(1);
    expect(invoked?.error?.message).toContain('ResourceNotFoundException');
    expect(stage.asked()).toEqual([]);
  });
});
