import {
  GetSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, it } from 'vitest';
import { type Night, startNight } from './night.ts';

let night: Night;
afterEach(() => night.close());

const isPut = (stage: string) => (call: { operation: string; stages?: string[] | undefined }) =>
  call.operation === 'PutSecretValue' && call.stages?.includes(stage) === true;

/** What an operator does by hand, with AWS's own client. */
async function moveLabel(label: string, to: string): Promise<void> {
  const client = new SecretsManagerClient({
    endpoint: night.secretsManager.url,
    region: 'ap-south-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const SecretId = 'zoho/desk/token';
  const { VersionId } = await client.send(new GetSecretValueCommand({ SecretId, VersionStage: label }));
  await client.send(
    new UpdateSecretVersionStageCommand({
      SecretId,
      VersionStage: label,
      MoveToVersionId: to,
      RemoveFromVersionId: VersionId,
    }),
  );
}

describe('two runs that overlap', () => {
  it('store one token: the other finds the place taken and the winner good', async () => {
    night = await startNight();
    const other = night.stage.startEnvironment();
    const gate = night.secretsManager.faults.gate(isPut('AWSCURRENT'));
    const late = night.tick();
    await gate.arrived;
    const early = await night.tick({ environment: other });
    expect(night.result(early)).toMatchObject({ outcome: 'refreshed' });
    const stored = night.stored();
    gate.release();
    expect(night.result(await late)).toMatchObject({ outcome: 'refreshed' });
    expect(night.stored()).toEqual(stored);
    expect(night.works()).toBe(true);
  });

  it('publish one alert between them', async () => {
    night = await startNight();
    const other = night.stage.startEnvironment();
    await night.ticks(4);
    night.zoho.faults.set('invalid_code');
    const gate = night.secretsManager.faults.gate(isPut('INCIDENT'));
    const late = night.tick();
    await gate.arrived;
    await night.tick({ environment: other });
    gate.release();
    await late;
    expect(night.told()).toEqual(['open:invalid_code:warning@20']);
    expect(night.asked()).toEqual([0, 20, 20]);
  });

  it('open nothing when the other has stored a good token meanwhile', async () => {
    night = await startNight();
    const other = night.stage.startEnvironment();
    await night.ticks(4);
    night.zoho.faults.set('invalid_code', { times: 1 });
    const gate = night.zoho.gate(({ kind }) => kind === 'token');
    const failing = night.tick();
    await gate.arrived;
    night.zoho.faults.clear();
    await night.tick({ environment: other });
    night.zoho.faults.set('invalid_code', { times: 1 });
    gate.release();
    await failing;
    expect(night.told()).toEqual([]);
    expect(night.record()).toBeUndefined();
  });

  it('leave the operator the last word on a label that was moved by hand', async () => {
    night = await startNight();
    await night.ticks(5);
    const [, first] = night.secretsManager.versions('zoho/desk/token');
    await moveLabel('AWSCURRENT', first?.versionId ?? '');
    const [invoked] = await night.ticks(1);
    expect(night.result(invoked ?? { lines: [] })).toMatchObject({ outcome: 'refreshed' });
    expect(night.works()).toBe(true);
  });
});

describe('the label of the record moved by hand', () => {
  it('fails the invocation, for no alert could be claimed any more, and says how to mend it', async () => {
    night = await startNight();
    await night.ticks(4);
    night.zoho.faults.set('invalid_code');
    await night.ticks(1);
    const [claimed, sent] = night.secretsManager
      .versions('zoho/desk/token')
      .filter(({ secretString }) => secretString.includes('invalid_code'));
    await moveLabel('INCIDENT', claimed?.versionId ?? '');
    night.pass(360);
    const [cut] = await night.ticks(1);
    expect(cut?.error?.message).toContain(`move it back to version ${sent?.versionId}`);
    await moveLabel('INCIDENT', sent?.versionId ?? '');
    const [mended] = await night.ticks(1);
    expect(mended?.error).toBeUndefined();
    expect(night.told().at(-1)).toMatch(/^(reminder|escalated):invalid_code/);
  });
});

describe('SNS out of order', () => {
  it('fails the invocation so that the alarm speaks, refreshes all the same, and tells once when SNS is back', async () => {
    night = await startNight();
    await night.ticks(4);
    night.zoho.faults.set('invalid_code');
    night.sns.faults.set({ kind: 'internal_error' });
    const [first] = await night.ticks(1);
    expect(first?.error?.message).toContain('SNS did not take the alert');
    night.sns.faults.clear();
    const [second] = await night.ticks(1);
    expect(second?.error).toBeUndefined();
    await night.ticks(3);
    expect(night.told()).toEqual(['open:invalid_code:warning@25']);
  });

  it('is tried on the next tick and then every half hour, and every tick fails until the alert is out', async () => {
    night = await startNight();
    await night.ticks(4);
    night.zoho.faults.set('invalid_code');
    night.sns.faults.set({ kind: 'access_denied' });
    const ticks = await night.ticks(14);
    expect(ticks.every(({ error }) => error !== undefined)).toBe(true);
    const tries = night.sns.calls.map(({ at }) => (at - Date.parse('2026-03-01T00:00:00Z')) / 60_000);
    expect([...new Set(tries)]).toEqual([20, 25, 55, 85]);
    night.sns.faults.clear();
    await night.ticks(8);
    expect(night.told()[0]).toMatch(/^open:invalid_code/);
    expect(night.told().filter((alert) => alert.startsWith('open'))).toHaveLength(1);
  });

  it('keeps the order: an incident that healed meanwhile is opened, then resolved', async () => {
    night = await startNight();
    await night.ticks(4);
    night.zoho.faults.set('invalid_code');
    night.sns.faults.set({ kind: 'throttled' });
    await night.ticks(1);
    night.zoho.faults.clear();
    night.authorize();
    night.sns.faults.clear();
    const [invoked] = await night.ticks(1);
    expect(night.result(invoked ?? { lines: [] })).toMatchObject({ outcome: 'refreshed' });
    expect(night.told().map((alert) => alert.split(':')[0])).toEqual(['open', 'resolved']);
  });
});

describe('Secrets Manager out of order', () => {
  it('tells nobody and fails nobody when it is slow to recover for one tick and the token lives', async () => {
    night = await startNight();
    await night.ticks(1);
    night.secretsManager.faults.set({ kind: 'internal_error', stages: ['INCIDENT'] });
    const [calm] = await night.ticks(1);
    expect(night.result(calm ?? { lines: [] })).toMatchObject({
      outcome: 'failed',
      code: 'secret_store_failed',
    });
    expect(calm?.error).toBeUndefined();
  });

  it('fails the invocation when no claim can be written, and publishes nothing', async () => {
    night = await startNight();
    await night.ticks(4);
    night.zoho.faults.set('invalid_code');
    night.secretsManager.faults.set({ kind: 'access_denied', operations: ['PutSecretValue'] });
    const [invoked] = await night.ticks(1);
    expect(invoked?.error?.message).toContain(
      'PutSecretValue of zoho/desk/token failed: AccessDeniedException',
    );
    expect(night.told()).toEqual([]);
  });

  it('fails the invocation when the token secret is gone', async () => {
    night = await startNight();
    night.secretsManager.remove('zoho/desk/token');
    const [invoked] = await night.ticks(1);
    expect(invoked?.error?.message).toContain('zoho/desk/token failed: ResourceNotFoundException');
    expect(night.told()).toEqual([]);
  });

  it('keeps the old token and tries on the next tick when the new one cannot be written', async () => {
    night = await startNight();
    await night.ticks(4);
    night.secretsManager.faults.set({
      kind: 'internal_error',
      operations: ['PutSecretValue'],
      stages: ['AWSCURRENT'],
    });
    const [invoked] = await night.ticks(1);
    expect(night.result(invoked ?? { lines: [] })).toMatchObject({
      outcome: 'failed',
      code: 'secret_store_failed',
    });
    expect(night.works()).toBe(true);
    night.secretsManager.faults.clear();
    await night.ticks(1);
    expect(night.stored()?.issued_at).toBe('2026-03-01T00:25:00.000Z');
    expect(night.told()).toEqual([]);
  });
});

describe('a run that is killed', () => {
  /** Runs a tick in an environment of its own and kills it once the gate holds it. */
  async function kill(gate: { arrived: Promise<void>; release(): void }) {
    const doomed = night.stage.startEnvironment();
    const tick = night.tick({ environment: doomed });
    tick.catch(() => undefined);
    await gate.arrived;
    await doomed.close();
    gate.release();
    await new Promise((resolve) => setTimeout(resolve, 50));
    night.pass(5);
  }

  it('before claiming loses nothing: the next tick opens', async () => {
    night = await startNight();
    await night.ticks(4);
    night.zoho.faults.set('invalid_client');
    await kill(night.zoho.gate(({ kind }) => kind === 'token'));
    await night.ticks(1);
    expect(night.told()).toEqual(['open:invalid_client:warning@25']);
  });

  it('between claiming and publishing loses nothing: the next tick takes the claim over', async () => {
    night = await startNight();
    await night.ticks(4);
    night.zoho.faults.set('invalid_client');
    night.sns.faults.set({ kind: 'refuse', times: 1 });
    await kill(night.secretsManager.faults.gate(isPut('INCIDENT')));
    night.sns.faults.clear();
    await night.ticks(3);
    expect(night.told()).toEqual(['open:invalid_client:warning@25']);
  });

  it('between publishing and recording repeats the alert once, and no more', async () => {
    night = await startNight();
    await night.ticks(4);
    night.zoho.faults.set('invalid_client');
    await kill(night.sns.faults.gate(() => true));
    await night.ticks(3);
    expect(night.told()).toEqual(['open:invalid_client:warning@20', 'open:invalid_client:warning@25']);
  });

  it('between storing and resolving is resolved by the next tick', async () => {
    night = await startNight();
    await night.ticks(4);
    night.zoho.faults.set('invalid_client');
    await night.ticks(1);
    night.zoho.faults.clear();
    night.authorize();
    await kill(night.secretsManager.faults.gate(isPut('AWSCURRENT')));
    expect(night.works()).toBe(true);
    await night.ticks(1);
    expect(night.told().map((alert) => alert.split(':')[0])).toEqual(['open', 'resolved']);
  });
});
