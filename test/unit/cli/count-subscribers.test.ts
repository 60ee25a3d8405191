import { expect, test } from 'vitest';
import { describeHearing } from '../../../cli/place/count-subscribers.ts';

const arn = (name: string) => `arn:aws:sns:ap-south-1:123456789012:${name}`;

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
