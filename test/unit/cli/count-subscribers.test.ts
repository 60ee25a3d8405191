import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import { countSubscribers, describeHearing } from '../../../cli/place/count-subscribers.ts';

const arn = (name: string) => `arn:aws:sns:ap-south-1:123456789012:${name}`;

test('the topic of the function and those of the heartbeat alarm are counted, each once', async () => {
  const asked: unknown[] = [];
  const answering = <Client>(answer: object) => {
    const send = async ({ input }: { input: unknown }) => {
      asked.push(input);
      return answer;
    };
    return { send } as Client;
  };
  const lambda = answering<LambdaClient>({ Environment: { Variables: { ALERT_TOPIC_ARN: arn('alerts') } } });
  const alarm = { AlarmActions: [arn('paging'), arn('alerts')] };
  const cloudWatch = answering<CloudWatchClient>({ MetricAlarms: [alarm] });
  const place = { functionName: 'zoho-token-refresher', secretPrefix: 'zoho' };
  const count = async (topicArn: string) => ({ topicArn, confirmed: 1, pending: 0 });
  const counts = await countSubscribers({ lambda, cloudWatch }, place, count);
  expect(counts.map(({ topicArn }) => topicArn)).toEqual([arn('alerts'), arn('paging')]);
  const alarmNames = { AlarmNames: ['zoho/refresher/heartbeat'] };
  expect(asked).toEqual([{ FunctionName: 'zoho-token-refresher' }, alarmNames]);
});

const one = { topicArn: arn('alerts'), confirmed: 2, pending: 1 };
const none = { topicArn: arn('paging'), confirmed: 0, pending: 1 };
const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
const counted = 'subscribers of alerts: 2 confirmed, 1 not confirmed yet';
const nobody = expect.stringMatching(/^NOBODY HEARS: topic paging .*, 1 not confirmed yet; confirm one/);

test.each<[title: string, subscribers: Parameters<typeof describeHearing>[0], said: object]>([
  ['who confirmed', async () => [one], { isFine: true, lines: [counted], json: [one] }],
  ['nobody, which fails', async () => [one, none], { isFine: false, lines: [counted, nobody], json: [one, none] }],
  [
    'what could not be asked',
    () => Promise.reject(denied),
    { isFine: true, lines: ['who is subscribed is not known: AccessDeniedException'], json: null },
  ],
  ['nothing of a place without subscribers', undefined, { isFine: true, lines: [], json: null }],
])('it is said: %s', async (_title, subscribers, said) => {
  expect(await describeHearing(subscribers)).toEqual(said);
});
