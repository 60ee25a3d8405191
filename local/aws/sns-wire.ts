import { randomUUID } from 'node:crypto';
import type { PublishResponse } from '@aws-sdk/client-sns';
import { AwsError } from './aws-error.ts';
import type { Answer } from './loopback-server.ts';
import type { PublishedAttribute, PublishParameters } from './sns-publish-validation.ts';

/** The form's fields that the stand-in knows; real ones that it lacks (MessageGroupId, ...) are refused, not ignored. */
const fields = /^(Action|Version|TopicArn|Message|Subject|MessageStructure)$/;
const attributeField = /^MessageAttributes\.entry\.(\d+)\.(Name|Value\.DataType|Value\.StringValue)$/;

const xmlNamespace = 'http://sns.amazonaws.com/doc/2010-03-31/';

/**
 * Reads the parameters of a Publish out of a form.
 *
 * @param form - Request body in AWS's query protocol.
 * @throws {@link AwsError} `InvalidParameter` for a field that the stand-in does not know.
 */
export function readPublishForm(form: URLSearchParams): PublishParameters {
  const attributes: PublishedAttribute[] = [];
  for (const [field, value] of form) {
    const [, position, part] = attributeField.exec(field) ?? [];
    if (position === undefined) {
      if (!fields.test(field)) throw new AwsError('InvalidParameter', `Invalid parameter: ${field}`);
      continue;
    }
    const index = Number(position) - 1;
    const attribute = attributes[index] ?? { name: '', dataType: '', stringValue: '' };
    if (part === 'Name') attribute.name = value;
    else if (part === 'Value.DataType') attribute.dataType = value;
    else attribute.stringValue = value;
    attributes[index] = attribute;
  }
  return {
    topicArn: form.get('TopicArn') ?? undefined,
    message: form.get('Message') ?? undefined,
    messageStructure: form.get('MessageStructure') ?? undefined,
    subject: form.get('Subject') ?? undefined,
    // A hole stays where somebody numbers the entries wrong.
    attributes: attributes.filter((each) => each !== undefined),
  };
}

/** Writes SNS's answer to a Publish, or its refusal, as XML. */
export function renderSnsAnswer(result: PublishResponse | AwsError): Answer {
  const requestId = randomUUID();
  const isError = result instanceof AwsError;
  const body = isError
    ? `<ErrorResponse xmlns="${xmlNamespace}"><Error><Type>${result.status < 500 ? 'Sender' : 'Receiver'}</Type><Code>${escapeXml(result.name)}</Code><Message>${escapeXml(result.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`
    : `<PublishResponse xmlns="${xmlNamespace}"><PublishResult><MessageId>${escapeXml(result.MessageId ?? '')}</MessageId></PublishResult><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></PublishResponse>`;
  return {
    status: isError ? result.status : 200,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body,
    outcome: isError ? result.name : 'ok',
  };
}

const xmlEntities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => xmlEntities[character] ?? character);
}
