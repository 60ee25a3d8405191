import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tickEvent } from '../../../local/stage.ts';
import { certificate, key } from '../../support/loopback-certificate.ts';
import { bundle, setBareStage } from '../../support/stage.ts';

const child = fileURLToPath(new URL('./child.mjs', import.meta.url));
const zohoHosts = ['accounts.zoho.in', 'desk.zoho.in', 'salesiq.zoho.in'];

async function openProduction() {
  const stage = await setBareStage();
  onTestFinished(stage.close);
  const standIns = { secretsmanager: stage.secretsManager.url, sns: stage.sns.url, zoho: stage.zoho.url };
  /** One tick without any endpoint variable, in a process whose calls over TLS end at the stand-ins. */
  const tick = async (AWS_REGION: string): Promise<{ answer: unknown; hosts: string[] }> => {
    const values = [tickEvent(new Date()), standIns, { key, cert: certificate }].map((value) => JSON.stringify(value));
    const running = fork(child, [fileURLToPath(bundle), ...values], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        AWS_REGION,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_SESSION_TOKEN: 'local',
        ALERT_TOPIC_ARN: stage.topicArn,
      },
    });
    const [said] = await Promise.race([once(running, 'message'), once(running, 'exit')]);
    expect(said, 'an exit code in place of a message').toHaveProperty('hosts');
    return said;
  };
  return { stage, tick };
}

describe('without an endpoint variable the bundle calls the real hosts over TLS and no other', () => {
  it.each([
    ['ap-south-1', 'secretsmanager.ap-south-1.amazonaws.com'],
    ['us-gov-west-1', 'secretsmanager.us-gov-west-1.amazonaws.com'],
    ['cn-north-1', 'secretsmanager.cn-north-1.amazonaws.com.cn'],
  ])('in %s', async (region, secretsManagerHost) => {
    const { answer, hosts } = await (await openProduction()).tick(region);
    expect(answer).toMatchObject({ connections: Array(3).fill({ outcome: 'refreshed' }) });
    expect(hosts).toEqual([...zohoHosts, secretsManagerHost]);
  });

  it('and SNS where there is something to tell', async () => {
    const { stage, tick } = await openProduction();
    stage.zoho.revoke(stage.credentialsOf('desk').refresh_token ?? '');
    const { hosts } = await tick('ap-south-1');
    expect(hosts).toContain('sns.ap-south-1.amazonaws.com');
    expect(stage.sns.inbox).toHaveLength(1);
  });
});
