import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import process, { execPath } from 'node:process';
import tls from 'node:tls';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { LambdaContext } from '../../lambda/index.ts';
import { exitMarginMilliseconds } from '../../lambda/settings.ts';
import { tickEvent } from '../../local/stage.ts';
import { certificate, key } from '../support/loopback-certificate.ts';
import { newFolder } from '../support/new-folder.ts';
import { openRawServers } from '../support/raw-servers.ts';
import { type BareStage, setBareStage } from '../support/stage.ts';

// What no stage shows of the bundle, since a stage leads it to its stand-ins: it runs in the process of the test.

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** A copy of the bundle, far from any node_modules and not loaded yet. */
function copyBundle(): string {
  const folder = newFolder();
  cpSync('dist/lambda', folder, { recursive: true });
  return folder;
}

/** What a tick of a bundle answers or throws, with these variables and so much time for its work. */
async function tick(folder: string, variables: Record<string, string>, milliseconds = 60_000): Promise<unknown> {
  const usual = { AWS_REGION: 'ap-south-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
  for (const [name, value] of Object.entries({ ...usual, ...variables })) vi.stubEnv(name, value);
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const { handler } = (await import(join(folder, 'index.mjs'))) as {
    handler: (event: unknown, context: LambdaContext) => Promise<unknown>;
  };
  const end = performance.now() + exitMarginMilliseconds + milliseconds;
  const context = { awsRequestId: 'tick', getRemainingTimeInMillis: () => end - performance.now() };
  return handler(tickEvent(new Date()), context).catch(String);
}

it('both bundles load far from any node_modules, and print nothing: V8 knows the flags that are set', () => {
  const folder = copyBundle();
  const load = `
    const { handler } = await import(${JSON.stringify(join(folder, 'index.mjs'))});
    const { createPublish, SNSClient } = await import(${JSON.stringify(join(folder, 'publish.cjs'))});
    process.exit([handler, createPublish, SNSClient].every((each) => typeof each === 'function') ? 0 : 1);`;
  const loaded = spawnSync(execPath, ['--input-type=module', '-e', load], { encoding: 'utf8', cwd: folder, env: {} });
  expect(loaded).toMatchObject({ status: 0, stdout: '', stderr: '' });
});

it('no connection outlives an invocation, the next one opens its own, and one whose calls hang ends in time', async () => {
  const servers = openRawServers();
  onTestFinished(() => servers.close());
  const body = JSON.stringify({ __type: 'ResourceNotFoundException', message: 'not found' });
  let answers = 0;
  let isHanging = false;
  /** Answers every request on a connection that the server would keep for a minute. */
  const answer = (socket: Socket): void => {
    if (isHanging) return;
    answers += 1;
    socket.write(
      `HTTP/1.1 400 Bad Request\r\nContent-Type: application/x-amz-json-1.1\r\nKeep-Alive: timeout=60\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    socket.once('data', () => answer(socket));
  };
  const variables = {
    AWS_ENDPOINT_URL: await servers.serve(answer),
    ALERT_TOPIC_ARN: 'arn:aws:sns:ap-south-1:123456789012:zoho-token-alerts',
  };
  const folder = copyBundle();
  for (const _ of ['first', 'second']) {
    answers = 0;
    expect(await tick(folder, variables, 5_000)).toContain('token was refused: ResourceNotFoundException');
    expect(answers).toBeGreaterThan(0);
    await expect.poll(() => servers.sockets.size, { timeout: 1_000 }).toBe(0);
  }
  isHanging = true;
  const startedAt = performance.now();
  expect(await tick(folder, variables, 300)).toContain("the run's time was up");
  expect(performance.now() - startedAt).toBeLessThan(exitMarginMilliseconds);
  await expect.poll(() => servers.sockets.size, { timeout: 1_000 }).toBe(0);
});

it('a Zoho that hangs leaves the run the time to record and to alert', async () => {
  const stage = await setBareStage();
  onTestFinished(stage.close);
  stage.zoho.faults.set('hang');
  const failed = { outcome: 'failed', code: 'zoho_unavailable' };
  expect(await tick(copyBundle(), stage.variables, 4_000)).toMatchObject({ connections: Array(3).fill(failed) });
  expect(stage.sns.inbox).toHaveLength(3);
});

/** Leads every TLS connection of this process to the stand-in that plays its host; gives the hosts that were called. */
async function leadToStandIns({ secretsManager, sns, zoho }: BareStage): Promise<Set<string>> {
  const standIns: Record<string, string> = { secretsmanager: secretsManager.url, sns: sns.url };
  const hosts = new Set<string>();
  const server = https.createServer({ key, cert: certificate }, (request, answer) => {
    const { headers, method, url } = request;
    const { host = '' } = headers;
    hosts.add(host);
    const ofAws = standIns[host.split('.')[0] ?? ''];
    const path = ofAws === undefined ? `/${host}${url}` : url;
    const onward = http.request(ofAws ?? zoho.url, { method, headers, agent: false, path }, (answered) => {
      answer.writeHead(answered.statusCode ?? 500, answered.headers);
      answered.pipe(answer);
    });
    request.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const { connect } = tls;
  const here = { host: '127.0.0.1', port, ca: certificate, checkServerIdentity: () => undefined };
  vi.spyOn(tls, 'connect').mockImplementation(((options: object) =>
    connect({ ...options, ...here })) as typeof connect);
  return hosts;
}

describe('without an endpoint variable the bundle calls the real hosts over TLS and no other', () => {
  async function openProduction() {
    const stage = await setBareStage();
    onTestFinished(stage.close);
    const hosts = await leadToStandIns(stage);
    return {
      stage,
      hosts,
      run: (AWS_REGION: string) => tick(copyBundle(), { AWS_REGION, ALERT_TOPIC_ARN: stage.topicArn }),
    };
  }

  it.each([
    ['ap-south-1', 'secretsmanager.ap-south-1.amazonaws.com'],
    ['us-gov-west-1', 'secretsmanager.us-gov-west-1.amazonaws.com'],
    ['cn-north-1', 'secretsmanager.cn-north-1.amazonaws.com.cn'],
  ])('in %s', async (region, secretsManagerHost) => {
    const { hosts, run } = await openProduction();
    expect(await run(region)).toMatchObject({ connections: Array(3).fill({ outcome: 'refreshed' }) });
    expect([...hosts].sort()).toEqual(['accounts.zoho.in', 'desk.zoho.in', 'salesiq.zoho.in', secretsManagerHost]);
  });

  it('and SNS where there is something to tell', async () => {
    const { stage, hosts, run } = await openProduction();
    stage.zoho.revoke(stage.credentialsOf('desk').refresh_token ?? '');
    await run('ap-south-1');
    expect([...hosts]).toContain('sns.ap-south-1.amazonaws.com');
    expect(stage.sns.inbox).toHaveLength(1);
  });
});
