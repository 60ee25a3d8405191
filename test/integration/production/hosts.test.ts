import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { setStage, tickEvent } from '../../../local/stage.ts';
import { certificate, key } from '../../support/loopback-certificate.ts';

const bundle = new URL('../../../dist/lambda/index.mjs', import.meta.url);
const child = fileURLToPath(new URL('./child.mjs', import.meta.url));

/** One tick without any endpoint variable, in a process whose calls over TLS end at the stand-ins. */
async function tickInProduction(region: string, { isRevoked = false } = {}) {
  const stage = await setStage({ bundle, connectionsText: readFileSync('connections.json', 'utf8') });
  const { secretsManager, sns, zoho } = stage;
  try {
    if (isRevoked) {
      secretsManager.put('zoho/desk/token', 'nothing stored yet');
      const { refresh_token: refreshToken } = JSON.parse(secretsManager.read('zoho/desk/credentials') ?? '');
      zoho?.revoke(refreshToken);
    }
    const standIns = { secretsmanager: secretsManager.url, sns: sns.url, zoho: zoho?.url };
    const running = fork(
      child,
      [
        fileURLToPath(bundle),
        JSON.stringify(tickEvent(new Date())),
        JSON.stringify(standIns),
        JSON.stringify({ key, cert: certificate }),
      ],
      {
        execArgv: [],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        env: {
          AWS_REGION: region,
          AWS_ACCESS_KEY_ID: 'local',
          AWS_SECRET_ACCESS_KEY: 'local',
          AWS_SESSION_TOKEN: 'local',
          ALERT_TOPIC_ARN: 'arn:aws:sns:ap-south-1:123456789012:zoho-token-alerts',
        },
      },
    );
    const ended = once(running, 'exit').then(([code]) => {
      throw new Error(`the process ended with exit code ${code} and no answer`);
    });
    const [{ answer, hosts }] = (await Promise.race([once(running, 'message'), ended])) as [
      { answer: unknown; hosts: string[] },
    ];
    ended.catch(() => undefined);
    return { answer, hosts, alerts: sns.inbox.length };
  } finally {
    await stage.close();
  }
}

const zohoHosts = ['accounts.zoho.in', 'desk.zoho.in', 'salesiq.zoho.in'];

describe('without an endpoint variable the bundle calls the real hosts over TLS and no other', () => {
  it.each([
    ['ap-south-1', 'secretsmanager.ap-south-1.amazonaws.com'],
    ['us-gov-west-1', 'secretsmanager.us-gov-west-1.amazonaws.com'],
    ['cn-north-1', 'secretsmanager.cn-north-1.amazonaws.com.cn'],
  ])('in %s', async (region, secretsManagerHost) => {
    const { answer, hosts } = await tickInProduction(region);
    expect(answer).toMatchObject({ connections: Array(3).fill({ outcome: 'refreshed' }) });
    expect(hosts).toEqual([...zohoHosts, secretsManagerHost]);
  });

  it('and SNS where there is something to tell', async () => {
    const { hosts, alerts } = await tickInProduction('ap-south-1', { isRevoked: true });
    expect(hosts).toContain('sns.ap-south-1.amazonaws.com');
    expect(alerts).toBe(1);
  });
});
