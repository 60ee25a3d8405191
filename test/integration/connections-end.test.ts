import type { Socket } from 'node:net';
import process from 'node:process';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import type { LambdaContext } from '../../lambda/index.ts';
import { exitMarginMilliseconds } from '../../lambda/settings.ts';
import { tickEvent } from '../../local/stage.ts';
import { openRawServers } from '../support/raw-servers.ts';

const servers = openRawServers();
const body = JSON.stringify({ __type: 'ResourceNotFoundException', message: 'not found' });
let answers = 0;

/** Answers every request on a connection that the server would keep for a minute. */
function answer(socket: Socket): void {
  answers += 1;
  socket.write(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/x-amz-json-1.1\r\nKeep-Alive: timeout=60\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  socket.once('data', () => answer(socket));
}

// One server for all: the bundle's client lives on, and so does the endpoint that it read.
let behave = answer;
const url = await servers.serve((socket) => behave(socket));

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
afterAll(() => servers.close());

/** One tick of the bundle, in this process, with so much time for its work. */
async function tick(milliseconds: number): Promise<string> {
  const variables = {
    AWS_REGION: 'ap-south-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: url,
    ALERT_TOPIC_ARN: 'arn:aws:sns:ap-south-1:123456789012:zoho-token-alerts',
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const { handler } = (await import('../../dist/lambda/index.mjs' as string)) as {
    handler: (event: unknown, context: LambdaContext) => Promise<unknown>;
  };
  const end = performance.now() + exitMarginMilliseconds + milliseconds;
  const context = { awsRequestId: 'tick', getRemainingTimeInMillis: () => end - performance.now() };
  return handler(tickEvent(new Date()), context).then(JSON.stringify, String);
}

it('no connection outlives an invocation, and the next one opens its own', async () => {
  for (const _ of ['first', 'second']) {
    answers = 0;
    expect(await tick(5_000)).toContain('zoho/desk/token was refused: ResourceNotFoundException');
    expect(answers).toBeGreaterThan(0);
    await expect.poll(() => servers.sockets.size, { timeout: 1_000 }).toBe(0);
  }
});

it('an invocation whose calls hang ends in time, and its connections with it', async () => {
  behave = () => undefined;
  const startedAt = performance.now();
  expect(await tick(300)).toContain("the run's time was up");
  expect(performance.now() - startedAt).toBeLessThan(exitMarginMilliseconds);
  await expect.poll(() => servers.sockets.size, { timeout: 1_000 }).toBe(0);
});
