import { readFileSync } from 'node:fs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createSharedClock, type SharedClock, setClock } from '../../local/runtime/shared-clock.ts';
import { type Stage, setStage } from '../../local/stage.ts';

const bundle = new URL('../../dist/lambda/index.mjs', import.meta.url);
const guideConnections = new URL('../../connections.json', import.meta.url);
const region = 'ap-south-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const minute = 60_000;

/** A stage with the guide's connections, or only one of them, and a clock that stands still until a test moves it. */
export async function setClientStage(
  options: { only?: string; connectionsText?: string; start?: Date; clock?: SharedClock } = {},
) {
  const clock = options.clock ?? createSharedClock();
  const start = options.start ?? new Date('2026-01-05T09:00:00.000Z');
  setClock(clock, start.getTime(), 0);
  const text = options.connectionsText ?? readFileSync(guideConnections, 'utf8');
  const file = JSON.parse(text) as { connections: { name: string }[] };
  const connections = file.connections.filter(({ name }) => name === (options.only ?? name));
  const connectionsText = JSON.stringify({ ...file, connections });
  const stage = await setStage({ bundle, connectionsText, clock, ignoresClocks: true, leadsAppsHere: true });
  return { stage, start, moveTo: (instant: number) => setClock(clock, instant, 0) };
}

/** Ticks as the schedule would, from one instant to another, both included. */
export async function tickThrough(
  stage: Stage,
  moveTo: (instant: number) => void,
  from: number,
  to: number,
): Promise<void> {
  for (let slot = from; slot <= to; slot += 5 * minute) {
    moveTo(slot);
    await stage.tick(new Date(slot));
  }
}

/** The SDK's client for a stage's Secrets Manager. */
export function secretsClientOf(
  { secretsManager }: Pick<Stage, 'secretsManager'>,
  maxAttempts = 3,
): SecretsManagerClient {
  return new SecretsManagerClient({ endpoint: secretsManager.url, region, credentials, maxAttempts });
}

/** The SDK's client for an invoke server. */
export function lambdaClientOf(endpoint: string, maxAttempts = 3): LambdaClient {
  return new LambdaClient({ endpoint, region, credentials, maxAttempts });
}

/** The access token that stands in a connection's token secret. */
export function storedToken({ secretsManager }: Stage, connection: string): string {
  const text = secretsManager.read(`zoho/${connection}/token`) ?? '{}';
  return (JSON.parse(text) as { access_token?: string }).access_token ?? '';
}

/** The Zoho stand-in of a stage. */
export function zohoOf({ zoho }: Stage) {
  if (zoho === undefined) throw new Error('this stage talks to the real Zoho');
  return zoho;
}
