import type { MessageAttributeValue, PublishCommandInput } from '@aws-sdk/client-sns';
import { describe, expect, test } from 'vitest';
import { openSns, signedFor, topicArn } from './stand-ins.ts';

type Input = Partial<PublishCommandInput>;
type Attributes = Record<string, MessageAttributeValue>;

const text = (StringValue: string): MessageAttributeValue => ({ DataType: 'String', StringValue });
const json = (parts: object | string): Input => ({
  MessageStructure: 'json',
  Message: typeof parts === 'string' ? parts : JSON.stringify(parts),
});
const MessageAttributes = { name: text('1234') };
const longest = 262_144;
const longestBesideAttributes = longest - 'nameString1234'.length;

describe('what is taken on', () => {
  test('a message lies in the inbox with subject, attributes and instant, and its id is answered', async () => {
    const { standIn, publish } = await openSns({ now: () => 5_000 });
    const attempts = { DataType: 'Number', StringValue: '3' };
    const Subject = 'Zoho desk: open';
    const answer = await publish({ Subject, MessageAttributes: { severity: text('critical'), attempts } });
    const attributes = { severity: 'critical', attempts: '3' };
    const [subject, messageId, message] = [Subject, answer.MessageId, { default: 'message' }];
    expect(standIn.inbox).toEqual([{ topicArn, messageId, subject, message, attributes, at: 5_000 }]);
    expect(standIn.calls).toEqual([{ operation: 'Publish', topicArn, at: 5_000, outcome: 'ok' }]);
  });

  const repeated = '{"default":"{\\"a\\":1,\\"a\\":2}","sqs":"default","x":{"default":1,"default":2}}';
  test.each<[title: string, input: Input, entry: object]>([
    [
      'values that are not text and keys that are no protocol',
      json({ default: 'd', email: 1, sms: { a: 'b' }, pigeon: 'p' }),
      { message: { default: 'd' } },
    ],
    [
      'keys that repeat inside a part and inside ignored values',
      json(repeated),
      { message: { default: '{"a":1,"a":2}', sqs: 'default' } },
    ],
    ['262,144 bytes with attributes', { Message: 'x'.repeat(longestBesideAttributes), MessageAttributes }, {}],
    ['a subject beyond ASCII', { Subject: 'Grüße' }, { subject: 'Grüße' }],
    [
      'the longest name and every character of an attribute that is allowed',
      { MessageAttributes: { ['n'.repeat(255)]: text('v'), 'a-b_c.D9': text('w') } },
      { attributes: { 'a-b_c.D9': 'w' } },
    ],
  ])('takes %s', async (_, input, entry) => {
    const { standIn, publish } = await openSns();
    await publish(input);
    expect(standIn.inbox).toMatchObject([entry]);
  });
});

describe('what is refused', () => {
  async function expectRefusal(input: Input, name: string, message: string) {
    const { standIn, publish } = await openSns();
    await expect(publish(input)).rejects.toMatchObject({ name, message, $metadata: { httpStatusCode: 400 } });
    expect(standIn.inbox).toEqual([]);
  }

  const unparsable = 'Message Structure - JSON message body failed to parse';
  test.each<[message: string, input: Input]>([
    ...['x'.repeat(100), 'a\tb', 'a\u2028b'].map((Subject): [string, Input] => ['Subject', { Subject }]),
    ['Message too long', { Message: '€'.repeat(87_382) }],
    ['Message too long', { Message: 'x'.repeat(longestBesideAttributes + 1), MessageAttributes }],
    ['Empty message', { Message: '' }],
    ['Message Structure - No default entry in JSON message body', json({ default: 1 })],
    [unparsable, json('["default"]')],
    [unparsable, json('{"default":"a","d\\u0065fault" : "c"}')],
    ['MessageStructure', { MessageStructure: 'xml' }],
    ['TopicArn', { TopicArn: 'arn:aws:sns:us-east-1:111122223333:alerts' }],
    ['TopicArn Reason: An ARN must have at least 6 elements, not 1', { TopicArn: 'alerts' }],
    ['MessageGroupId', { MessageGroupId: 'g' }],
  ])('fails with "Invalid parameter: %s"', (message, input) =>
    expectRefusal(input, 'InvalidParameterException', `Invalid parameter: ${message}`),
  );

  const noLetter =
    "Invalid non-alphanumeric character '#x20' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.";
  const empty = "The message attribute 'a' must contain non-empty message attribute value for message attribute type";
  const noType =
    "The message attribute 'a' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.";
  test.each<[attributes: Attributes, message: string]>([
    [{ a: { DataType: 'String.<&"\'>', StringValue: '' } }, `${empty} 'String.<&"'>'.`],
    [{ '.a': text('v') }, "Invalid message attribute name starting with character '.' was found."],
    [{ 'a..b': text('v') }, "Message attribute name can not have successive '.' character."],
    [{ 'a b': text('v') }, noLetter],
    [{ ['n'.repeat(256)]: text('v') }, 'The length of a message attribute name must be between 1 and 255.'],
    [{ a: { DataType: 'Text', StringValue: 'v' } }, noType],
  ])('fails for the attributes %j', (MessageAttributes, message) =>
    expectRefusal({ MessageAttributes }, 'InvalidParameterValueException', message),
  );
});

describe('the wire form', () => {
  test.each([
    [403, 'MissingAuthenticationToken', 'authorization', ''],
    [403, 'SignatureDoesNotMatch', 'authorization', signedFor('sqs')],
    [403, 'SignatureDoesNotMatch', 'authorization', signedFor('sns', 'local')],
    [400, 'InvalidAction', 'content-type', 'application/json'],
  ])('fails with status %i, %s, for the header %s: %j', async (status, code, header, value) => {
    const { standIn } = await openSns();
    const right = { authorization: signedFor('sns'), 'content-type': 'application/x-www-form-urlencoded' };
    const fields = { Action: 'Publish', Version: '2010-03-31', TopicArn: topicArn, Message: 'm' };
    const body = new URLSearchParams(fields).toString();
    const response = await fetch(standIn.url, { method: 'POST', headers: { ...right, [header]: value }, body });
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(`<Error><Type>Sender</Type><Code>${code}</Code>`);
    expect(standIn.inbox).toEqual([]);
  });
});
