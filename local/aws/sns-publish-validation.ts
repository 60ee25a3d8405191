import { AwsError } from './aws-error.ts';

/** A message attribute as it comes over the wire; the stand-in takes text and numbers, not binary values. */
export interface PublishedAttribute {
  name: string;
  dataType: string;
  stringValue: string;
}

/** The parameters of a Publish to a topic. */
export interface PublishParameters {
  topicArn: string | undefined;
  message: string | undefined;
  messageStructure: string | undefined;
  subject: string | undefined;
  attributes: PublishedAttribute[];
}

/** 256 KiB, message and attributes together. */
const messageBytes = 262_144;
/** Subjects are shorter than this. */
const subjectCharacters = 100;
/** Names of attributes are shorter than this. */
const attributeNameBytes = 256;

const invalid = (message: string) => new AwsError('InvalidParameter', `Invalid parameter: ${message}`);
const invalidValue = (message: string) => new AwsError('ParameterValueInvalid', message);

/**
 * Checks a Publish as SNS does, and gives the message's parts by protocol.
 *
 * Texts are the recorded ones but for a subject that is too long or has line breaks (taken to be that for an empty
 * one) and for what the stand-in itself lacks.
 */
export function checkPublish(
  parameters: PublishParameters,
  region: string,
  topics: ReadonlySet<string>,
): Record<string, string> {
  const { message = '', subject, attributes, topicArn } = parameters;
  if (subject !== undefined) checkSubject(subject);
  if (message === '') throw invalid('Empty message');
  const parts = readMessageParts(message, parameters.messageStructure);
  for (const attribute of attributes) checkAttribute(attribute);
  const sizes = [message, ...attributes.flatMap((each) => [each.name, each.dataType, each.stringValue])];
  if (sizes.reduce((sum, text) => sum + Buffer.byteLength(text), 0) > messageBytes) throw invalid('Message too long');
  checkTopic(topicArn, region, topics);
  return parts;
}

/** UTF-8 without line breaks or control characters, and less than 100 characters (UTF-16 units). */
function checkSubject(subject: string): void {
  const isTooLong = subject.length >= subjectCharacters;
  if (subject === '' || isTooLong || /[\p{Cc}\u2028\u2029]/u.test(subject)) throw invalid('Subject');
}

function checkAttribute({ name, dataType, stringValue }: PublishedAttribute): void {
  if (name.startsWith('.')) {
    throw invalidValue("Invalid message attribute name starting with character '.' was found.");
  }
  if (name.endsWith('.')) throw invalidValue("Invalid message attribute name ending with character '.' was found.");
  const stranger = /[^A-Za-z0-9_.-]/u.exec(name)?.[0].codePointAt(0);
  if (stranger !== undefined) {
    throw invalidValue(
      `Invalid non-alphanumeric character '#x${stranger.toString(16).toUpperCase()}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    );
  }
  if (name.includes('..')) throw invalidValue("Message attribute name can not have successive '.' character.");
  if (name === '' || Buffer.byteLength(name) >= attributeNameBytes) {
    throw invalidValue(`The length of a message attribute name must be between 1 and ${attributeNameBytes - 1}.`);
  }
  if (!/^(String|Number)(\.|$)/.test(dataType)) {
    throw invalidValue(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  if (stringValue === '') {
    throw invalidValue(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${dataType}'.`,
    );
  }
}

function checkTopic(topicArn: string | undefined, region: string, topics: ReadonlySet<string>): void {
  const elements = (topicArn ?? '').split(':');
  if (elements.length < 6) {
    throw invalid(`TopicArn Reason: An ARN must have at least 6 elements, not ${elements.length}`);
  }
  if (elements[2] !== 'sns' || elements[3] !== region) throw invalid('TopicArn');
  if (!topics.has(topicArn ?? '')) throw new AwsError('NotFound', 'Topic does not exist', 404);
}

/** Protocols that can have a message of their own; other keys of a structured message are ignored. */
const protocols = new Set(['default', 'email', 'email-json', 'sms', 'http', 'https', 'sqs', 'lambda']);

/**
 * Splits a message into its parts by protocol.
 *
 * Values that are not text and keys that do not name a protocol are ignored, duplicate keys refused, as documented. The text
 * for duplicate keys is not recorded: it is taken to be that for a message that cannot be parsed.
 *
 * @see {@link https://docs.aws.amazon.com/sns/latest/api/API_Publish.html | SNS: Publish}
 */
function readMessageParts(message: string, messageStructure: string | undefined): Record<string, string> {
  if (messageStructure === undefined) return { default: message };
  if (messageStructure !== 'json') throw invalid('MessageStructure');
  const parsed = parseObject(message);
  if (!parsed || hasDuplicateKeys(message)) throw invalid('Message Structure - JSON message body failed to parse');
  const parts = Object.entries(parsed).filter(
    (entry): entry is [string, string] => protocols.has(entry[0]) && typeof entry[1] === 'string',
  );
  if (!parts.some(([protocol]) => protocol === 'default'))
    throw invalid('Message Structure - No default entry in JSON message body');
  return Object.fromEntries(parts);
}

function parseObject(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Looks for a key that comes twice at the top level of valid JSON; `JSON.parse` would keep only the last. */
function hasDuplicateKeys(json: string): boolean {
  const keys = new Set<string>();
  let depth = 0;
  for (const [, text, bracket] of json.matchAll(/("(?:[^"\\]|\\.)*")(?=\s*:)|"(?:[^"\\]|\\.)*"|([{}[\]])/g)) {
    if (bracket) depth += bracket === '{' || bracket === '[' ? 1 : -1;
    if (!text || depth !== 1) continue;
    const key = String(JSON.parse(text));
    if (keys.has(key)) return true;
    keys.add(key);
  }
  return false;
}
