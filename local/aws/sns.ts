import { randomUUID } from 'node:crypto';
import type { PublishResponse } from '@aws-sdk/client-sns';
import { AwsError, attempt } from './aws-error.ts';
import { type Faults, planFaults } from './faults.ts';
import { type ReceivedRequest, startLoopbackServer, unansweredOutcome } from './loopback-server.ts';
import { readSignedRegion } from './signature.ts';
import { answerSnsFault } from './sns-faults.ts';
import { checkPublish } from './sns-publish-validation.ts';
import { readPublishForm, renderSnsAnswer } from './sns-wire.ts';

/** A message that SNS took on. */
export interface PublishedMessage {
  topicArn: string;
  messageId: string;
  subject?: string;
  /** Texts by protocol; `default` always. */
  message: Record<string, string>;
  attributes: Record<string, string>;
  /** Epoch milliseconds. */
  at: number;
}

/** One request as the stand-in saw it. */
export interface SnsCall {
  /** AWS name, e.g. `Publish`; whatever was sent where the stand-in knows no such action. */
  operation: string;
  topicArn: string;
  /** Epoch milliseconds of arrival. */
  at: number;
  /** `ok`, the error's code, or how the connection was broken; `unanswered` until the action was carried out. */
  outcome: 'ok' | string;
}

/** Protocols of subscriptions. */
export type SnsProtocol = 'email' | 'sms' | 'https' | 'sqs' | 'lambda' | 'email-json';

/** An SNS on loopback, and what a test can see and do without a request. */
export interface SnsStandIn {
  /** `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL_SNS` or a client's `endpoint`. */
  url: string;
  /** Messages taken on, in order. */
  inbox: PublishedMessage[];
  /** The text that a subscription of this protocol gets: its own part, or `default`. */
  delivered(entry: PublishedMessage, protocol: SnsProtocol): string;
  calls: SnsCall[];
  faults: Faults;
  createTopic(arn: string): void;
  close(): Promise<void>;
}

/**
 * Starts a stand-in for Amazon SNS on 127.0.0.1, for the unchanged AWS SDK: Publish to topics, and nothing else.
 *
 * @param options.port - Default: any free port.
 * @param options.now - Epoch milliseconds; default: the machine's clock.
 * @param options.ignoresClocks - Serves clients whose clock is more than five minutes off, as AWS does not.
 * @param options.topics - ARNs of topics that exist.
 */
export async function startSns(
  options: {
    port?: number;
    now?: () => number;
    ignoresClocks?: boolean;
    secretAccessKey?: string | undefined;
    topics?: string[];
  } = {},
): Promise<SnsStandIn> {
  const { port = 0, now = Date.now, ignoresClocks = false } = options;
  const topics = new Set(options.topics);
  const faults = planFaults(() => true);
  const calls: SnsCall[] = [];
  const inbox: PublishedMessage[] = [];
  const server = await startLoopbackServer(port, now, faults, (request) => {
    const form = new URLSearchParams(request.body);
    const call: SnsCall = {
      operation: form.get('Action') ?? '',
      topicArn: form.get('TopicArn') ?? '',
      at: now(),
      outcome: unansweredOutcome,
    };
    calls.push(call);
    return {
      call,
      carryOut: () =>
        renderSnsAnswer(
          attempt(() => publish(request, form, topics, inbox, now(), ignoresClocks, options.secretAccessKey)),
        ),
      answerFault: (kind) => answerSnsFault(kind, call),
    };
  });
  return {
    url: server.url,
    inbox,
    delivered: (entry, protocol) => entry.message[protocol] ?? entry.message.default ?? '',
    calls,
    faults,
    createTopic: (arn) => {
      topics.add(arn);
    },
    close: server.close,
  };
}

function publish(
  request: ReceivedRequest,
  form: URLSearchParams,
  topics: ReadonlySet<string>,
  inbox: PublishedMessage[],
  now: number,
  ignoresClocks: boolean,
  secretAccessKey: string | undefined,
): PublishResponse {
  const region = readSignedRegion(
    request,
    ignoresClocks ? undefined : now,
    'sns',
    {
      missing: 'MissingAuthenticationToken',
      wrong: 'SignatureDoesNotMatch',
      status: 403,
    },
    secretAccessKey,
  );
  const isPublish = form.get('Action') === 'Publish' && form.get('Version') === '2010-03-31';
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  if (request.method !== 'POST' || request.path !== '/' || !isForm || !isPublish) {
    throw new AwsError('InvalidAction', `Could not find operation ${form.get('Action') ?? ''}`);
  }
  const parameters = readPublishForm(form);
  const message = checkPublish(parameters, region, topics);
  const { topicArn = '', subject, attributes } = parameters;
  const messageId = randomUUID();
  inbox.push({
    topicArn,
    messageId,
    ...(subject !== undefined && { subject }),
    message,
    attributes: Object.fromEntries(attributes.map((each) => [each.name, each.stringValue])),
    at: now,
  });
  return { MessageId: messageId };
}
