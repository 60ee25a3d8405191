import { randomUUID } from 'node:crypto';
import type { PublishResponse } from '@aws-sdk/client-sns';
import type { Faults } from '../faults/aws-faults.ts';
import { AwsError, attempt } from './aws-error.ts';
import { startAwsServer, unansweredOutcome } from './loopback-server.ts';
import type { ReceivedRequest } from './received-request.ts';
import { readSignedRegion } from './signature.ts';
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
export type SnsStandIn = Awaited<ReturnType<typeof startSns>>;

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
) {
  const { port = 0, now = Date.now, ignoresClocks = false } = options;
  const topics = new Set(options.topics);
  const calls: SnsCall[] = [];
  const inbox: PublishedMessage[] = [];
  const { url, faults, close } = await startAwsServer({
    name: 'sns',
    port,
    now,
    refuse: renderSnsAnswer,
    receive: (request) => {
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
      };
    },
  });
  return {
    /** `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL_SNS` or a client's `endpoint`. */
    url,
    /** Messages taken on, in order. */
    inbox,
    /** The text that a subscription of this protocol gets: its own part, or `default`. */
    delivered: ({ message }: PublishedMessage, protocol: SnsProtocol): string =>
      message[protocol] ?? message.default ?? '',
    calls,
    faults: faults as Faults,
    createTopic(arn: string): void {
      topics.add(arn);
    },
    close,
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
