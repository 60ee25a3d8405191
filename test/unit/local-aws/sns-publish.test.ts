import {
  CreateTopicCommand,
  type MessageAttributeValue,
  PublishCommand,
  type PublishCommandInput,
} from '@aws-sdk/client-sns';
import { describe, expect, test } from 'vitest';
import { openSns, signedFor, topicArn } from './stand-ins.ts';

const text = (StringValue: string): MessageAttributeValue => ({ DataType: 'String', StringValue });
const json = (parts: object | string): Partial<PublishCommandInput> => ({
  MessageStructure: 'json',
  Message: typeof parts === 'string' ? parts : JSON.stringify(parts),
});

async function openPublish() {
  const { standIn, client } = await openSns({ now: () => 5_000 });
  const publish = (input: Partial<PublishCommandInput>) =>
    client.send(new PublishCommand({ TopicArn: topicArn, Message: 'message', ...input }));
  return { standIn, client, publish };
}

describe('what is taken on', () => {
  test('a message lies in the inbox with subject, attributes and instant, and its id is answered', async () => {
    const { standIn, publish } = await openPublish();
    const answer = await publish({
      Subject: 'Zoho desk: open',
      MessageAttributes: { severity: text('critical'), attempts: { DataType: 'Number', StringValue: '3' } },
    });
    expect(answer.MessageId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(standIn.inbox).toEqual([
      {
        topicArn,
        messageId: answer.MessageId,
        subject: 'Zoho desk: open',
        message: { default: 'message' },
        attributes: { severity: 'critical', attempts: '3' },
        at: 5_000,
      },
    ]);
    expect(standIn.calls).toEqual([{ operation: 'Publish', topicArn, at: 5_000, outcome: 'ok' }]);
  });

  test('a message without a subject has none in the inbox', async () => {
    const { standIn, publish } = await openPublish();
    await publish({});
    expect(standIn.inbox[0]).not.toHaveProperty('subject');
  });

  test('each protocol gets its own part, or the default', async () => {
    const { standIn, publish } = await openPublish();
    await publish(json({ default: 'd', email: 'e & <m>', sms: '', sqs: '{"version":1}' }));
    const [entry] = standIn.inbox;
    if (!entry) throw new Error('nothing was published');
    const protocols = ['email', 'sms', 'https', 'sqs', 'lambda', 'email-json'] as const;
    expect(protocols.map((each) => standIn.delivered(entry, each))).toEqual([
      'e & <m>',
      '',
      'd',
      '{"version":1}',
      'd',
      'd',
    ]);
  });

  test('values that are not text and keys that are no protocol are ignored', async () => {
    const { standIn, publish } = await openPublish();
    await publish(json({ default: 'd', email: 1, sms: { a: 'b' }, pigeon: 'p' }));
    expect(standIn.inbox[0]?.message).toEqual({ default: 'd' });
  });

  test('keys may repeat inside a part and inside ignored values', async () => {
    const { standIn, publish } = await openPublish();
    await publish(json('{"default":"{\\"a\\":1,\\"a\\":2}","sqs":"default","x":{"default":1,"default":2}}'));
    expect(standIn.inbox[0]?.message).toEqual({ default: '{"a":1,"a":2}', sqs: 'default' });
  });

  test('a message and its attributes may have 262,144 bytes together', async () => {
    const { standIn, publish } = await openPublish();
    const attributes = { MessageAttributes: { name: text('1234') } };
    await publish({ Message: 'x'.repeat(262_144 - 'nameString1234'.length), ...attributes });
    expect(standIn.inbox).toHaveLength(1);
  });

  test('a subject of 99 characters is taken, also beyond ASCII', async () => {
    const { standIn, publish } = await openPublish();
    await publish({ Subject: 'x'.repeat(99) });
    await publish({ Subject: 'Grüße' });
    expect(standIn.inbox.map((each) => each.subject)).toEqual(['x'.repeat(99), 'Grüße']);
  });

  test('a topic can be made later', async () => {
    const { standIn, publish } = await openPublish();
    const TopicArn = 'arn:aws:sns:ap-south-1:111122223333:later';
    await expect(publish({ TopicArn })).rejects.toThrow('Topic does not exist');
    standIn.createTopic(TopicArn);
    await publish({ TopicArn });
    expect(standIn.inbox).toMatchObject([{ topicArn: TopicArn }]);
  });
});

describe('what is refused', () => {
  const elsewhere = 'arn:aws:sns:us-east-1:111122223333:alerts';
  const unknown = 'arn:aws:sns:ap-south-1:111122223333:unknown';
  const badSubject = 'Invalid parameter: Subject';
  const structure = 'Invalid parameter: Message Structure - ';
  const unparsable = `${structure}JSON message body failed to parse`;
  const noDefault = `${structure}No default entry in JSON message body`;

  test.each<[string, Partial<PublishCommandInput>, string]>([
    ['an empty subject', { Subject: '' }, badSubject],
    ['a subject of 100 characters', { Subject: 'x'.repeat(100) }, badSubject],
    ['a subject with a line break', { Subject: 'a\nb' }, badSubject],
    ['a subject with a carriage return at its end', { Subject: 'a\r' }, badSubject],
    ['a subject with a tab', { Subject: 'a\tb' }, badSubject],
    ['a subject with a control character', { Subject: 'a\u007fb' }, badSubject],
    ['a subject with a line separator', { Subject: 'a\u2028b' }, badSubject],
    ['an empty message', { Message: '' }, 'Invalid parameter: Empty message'],
    ['a message too long', { Message: 'x'.repeat(262_145) }, 'Invalid parameter: Message too long'],
    ['a message of too many bytes', { Message: '€'.repeat(87_382) }, 'Invalid parameter: Message too long'],
    [
      'a message too long with its attributes',
      {
        Message: 'x'.repeat(262_144 - 'nameString1234'.length + 1),
        MessageAttributes: { name: text('1234') },
      },
      'Invalid parameter: Message too long',
    ],
    ['parts without a default', json({ email: 'e' }), noDefault],
    ['a default that is not text', json({ default: 1 }), noDefault],
    ['parts that cannot be parsed', json('{"default":'), unparsable],
    ['parts that are no object', json('["default"]'), unparsable],
    ['duplicate parts', json('{"default":"a","email":"b","default":"c"}'), unparsable],
    ['duplicate parts in other spelling', json('{"default":"a","d\\u0065fault" : "c"}'), unparsable],
    ['another structure', { MessageStructure: 'xml' }, 'Invalid parameter: MessageStructure'],
    ["another Region's topic", { TopicArn: elsewhere }, 'Invalid parameter: TopicArn'],
    [
      'what is no ARN',
      { TopicArn: 'alerts' },
      'Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1',
    ],
    ['a parameter that it lacks', { MessageGroupId: 'g' }, 'Invalid parameter: MessageGroupId'],
  ])('fails for %s', async (_, input, message) => {
    const { standIn, publish } = await openPublish();
    await expect(publish(input)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message,
      $metadata: { httpStatusCode: 400 },
    });
    expect(standIn.inbox).toEqual([]);
    expect(standIn.calls).toMatchObject([{ outcome: 'InvalidParameter' }]);
  });

  test('fails for an unknown topic, with status 404', async () => {
    const { standIn, publish } = await openPublish();
    await expect(publish({ TopicArn: unknown })).rejects.toMatchObject({
      name: 'NotFoundException',
      message: 'Topic does not exist',
      $metadata: { httpStatusCode: 404 },
    });
    expect(standIn.calls).toMatchObject([{ topicArn: unknown, outcome: 'NotFound' }]);
  });

  const dots = 'Invalid message attribute name ';
  test.each<[string, Record<string, MessageAttributeValue>, string]>([
    [
      'an empty value',
      { attr1: text('') },
      "The message attribute 'attr1' must contain non-empty message attribute value for message attribute type 'String'.",
    ],
    ['a dot first', { '.a': text('v') }, `${dots}starting with character '.' was found.`],
    ['a dot last', { 'a.': text('v') }, `${dots}ending with character '.' was found.`],
    ['two dots', { 'a..b': text('v') }, "Message attribute name can not have successive '.' character."],
    [
      'another character',
      { 'a b': text('v') },
      "Invalid non-alphanumeric character '#x20' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.",
    ],
    [
      'a name of 256 bytes',
      { ['n'.repeat(256)]: text('v') },
      'The length of a message attribute name must be between 1 and 255.',
    ],
    [
      'another type',
      { attr1: { DataType: 'Text', StringValue: 'v' } },
      "The message attribute 'attr1' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
    ],
  ])('fails for an attribute with %s', async (_, MessageAttributes, message) => {
    const { standIn, publish } = await openPublish();
    await expect(publish({ MessageAttributes })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message,
      $metadata: { httpStatusCode: 400 },
    });
    expect(standIn.inbox).toEqual([]);
    expect(standIn.calls).toMatchObject([{ outcome: 'ParameterValueInvalid' }]);
  });

  test('takes the longest name and every character that is allowed', async () => {
    const { standIn, publish } = await openPublish();
    await publish({ MessageAttributes: { ['n'.repeat(255)]: text('v'), 'a-b_c.D9': text('w') } });
    expect(standIn.inbox[0]?.attributes['a-b_c.D9']).toBe('w');
  });

  test('fails for every other action', async () => {
    const { standIn, client } = await openPublish();
    await expect(client.send(new CreateTopicCommand({ Name: 'alerts' }))).rejects.toMatchObject({
      name: 'InvalidAction',
    });
    expect(standIn.calls).toMatchObject([{ operation: 'CreateTopic', outcome: 'InvalidAction' }]);
  });
});

describe('the wire form', () => {
  const form = 'application/x-www-form-urlencoded';
  const body = new URLSearchParams({
    Action: 'Publish',
    Version: '2010-03-31',
    TopicArn: topicArn,
    Message: 'm',
  });

  test('answers a Publish as XML', async () => {
    const { standIn } = await openPublish();
    const headers = { authorization: signedFor('sns'), 'content-type': form };
    const response = await fetch(standIn.url, { method: 'POST', headers, body: body.toString() });
    expect(response.headers.get('content-type')).toBe('text/xml');
    expect(await response.text()).toMatch(
      /^<PublishResponse xmlns="http:\/\/sns\.amazonaws\.com\/doc\/2010-03-31\/"><PublishResult><MessageId>[0-9a-f-]{36}<\/MessageId><\/PublishResult><ResponseMetadata><RequestId>[0-9a-f-]{36}<\/RequestId><\/ResponseMetadata><\/PublishResponse>$/,
    );
  });

  test('escapes what it repeats in an error', async () => {
    const { standIn, publish } = await openPublish();
    const DataType = '<&"\'>';
    await expect(
      publish({ MessageAttributes: { attr1: { DataType: `String.${DataType}`, StringValue: '' } } }),
    ).rejects.toThrow(
      `The message attribute 'attr1' must contain non-empty message attribute value for message attribute type 'String.${DataType}'.`,
    );
    const headers = { authorization: signedFor('sns'), 'content-type': form };
    const bad = `${body}&MessageAttributes.entry.1.Name=a&MessageAttributes.entry.1.Value.DataType=String.%3Cb%3E`;
    const response = await fetch(standIn.url, { method: 'POST', headers, body: bad });
    expect(await response.text()).toContain('type &apos;String.&lt;b&gt;&apos;');
  });

  test.each([
    ['without a signature', 403, 'MissingAuthenticationToken', { authorization: '' }],
    ['signed for another service', 403, 'SignatureDoesNotMatch', { authorization: signedFor('sqs') }],
    [
      'with a signature that is not the one of its key',
      403,
      'SignatureDoesNotMatch',
      { authorization: signedFor('sns', 'local') },
    ],
    ['that is no form', 400, 'InvalidAction', { 'content-type': 'application/json' }],
  ])('fails for a request %s', async (_, status, code, changed) => {
    const { standIn } = await openPublish();
    const headers = { authorization: signedFor('sns'), 'content-type': form, ...changed };
    const response = await fetch(standIn.url, { method: 'POST', headers, body: body.toString() });
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(`<Error><Type>Sender</Type><Code>${code}</Code>`);
    expect(standIn.inbox).toEqual([]);
  });
});
