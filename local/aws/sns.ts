import { randomUUID } from 'node:crypto';
import type { Answer } from '../wire/broken-connection.ts';
import { AwsError } from './aws-error.ts';
import { type AwsOptions, startAwsServer } from './loopback-server.ts';
import type { ReceivedRequest } from './signature.ts';
import { checkPublish, type PublishParameters } from './sns-publish-validation.ts';

/** A message that SNS took on. */
export type PublishedMessage = {
  topicArn: string;
  messageId: string;
  subject?: string;
  /** Texts by protocol; `default` always. */
  message: Record<string, string>;
  attributes: Record<string, string>;
  /** Epoch milliseconds. */
  at: number;
};

/** Protocols of subscriptions. */
type SnsProtocol = 'email' | 'sms' | 'https' | 'sqs' | 'lambda' | 'email-json';

const xmlNamespace = 'http://sns.amazonaws.com/doc/2010-03-31/';

/** Starts a stand-in for Amazon SNS on 127.0.0.1, for the unchanged AWS SDK: Publish to topics that exist, no more. */
export async function startSns({ topics = [], ...options }: AwsOptions & { topics?: readonly string[] } = {}) {
  const { now = Date.now } = options;
  const inbox: PublishedMessage[] = [];

  function publish({ headers, body }: ReceivedRequest, _: object, region: string): Answer {
    const form = new URLSearchParams(body);
    const isPublish = form.get('Action') === 'Publish' && form.get('Version') === '2010-03-31';
    if (!isPublish || !headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
      throw new AwsError('InvalidAction', `Could not find operation ${form.get('Action') ?? ''}`);
    const parameters = readPublishForm(form);
    const message = checkPublish(parameters, region, topics);
    const { topicArn = '', subject, attributes } = parameters;
    const messageId = randomUUID();
    inbox.push({
      topicArn,
      messageId,
      ...(subject !== undefined && { subject }),
      message,
      attributes: Object.fromEntries(attributes.map(({ name, stringValue }) => [name, stringValue])),
      at: now(),
    });
    const result = `<PublishResult><MessageId>${messageId}</MessageId></PublishResult>`;
    return xml(200, 'PublishResponse', (id) => `${result}<ResponseMetadata>${id}</ResponseMetadata>`);
  }

  const { url, calls, faults, close } = await startAwsServer(options, {
    name: 'sns',
    read({ body }) {
      const form = new URLSearchParams(body);
      return { operation: form.get('Action') ?? '', topicArn: form.get('TopicArn') ?? '' };
    },
    carryOut: publish,
    refuse({ status, name, message }) {
      const type = status < 500 ? 'Sender' : 'Receiver';
      const escaped = message.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
      const error = `<Error><Type>${type}</Type><Code>${name}</Code><Message>${escaped}</Message></Error>`;
      return xml(status, 'ErrorResponse', (id) => error + id);
    },
  });
  return {
    url,
    /** Messages taken on, in order. */
    inbox,
    /** The text that a subscription of this protocol gets: its own part, or `default`. */
    delivered: ({ message }: PublishedMessage, protocol: SnsProtocol): string =>
      message[protocol] ?? message.default ?? '',
    calls,
    faults,
    close,
  };
}

function xml(status: number, element: string, content: (requestId: string) => string): Answer {
  const requestId = randomUUID();
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: `<${element} xmlns="${xmlNamespace}">${content(`<RequestId>${requestId}</RequestId>`)}</${element}>`,
  };
}

/** The form's fields that the stand-in knows; real ones that it lacks (MessageGroupId, ...) are refused, not ignored. */
const knownField =
  /^(Action|Version|TopicArn|Message|Subject|MessageStructure|MessageAttributes\.entry\.(\d+)\.(Name|Value\.DataType|Value\.StringValue))$/;

/** Reads the parameters of a Publish out of a form in AWS's query protocol. */
function readPublishForm(form: URLSearchParams): PublishParameters {
  const fields = [...form.keys()];
  const unknown = fields.find((field) => !knownField.test(field));
  if (unknown !== undefined) throw new AwsError('InvalidParameter', `Invalid parameter: ${unknown}`);
  const entries = new Set(fields.flatMap((field) => knownField.exec(field)?.[2] ?? []));
  const get = (name: string) => form.get(name) ?? undefined;
  return {
    topicArn: get('TopicArn'),
    message: get('Message'),
    messageStructure: get('MessageStructure'),
    subject: get('Subject'),
    attributes: [...entries].map((entry) => {
      const of = (name: string) => get(`MessageAttributes.entry.${entry}.${name}`) ?? '';
      return { name: of('Name'), dataType: of('Value.DataType'), stringValue: of('Value.StringValue') };
    }),
  };
}
