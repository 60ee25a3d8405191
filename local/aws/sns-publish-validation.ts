import { parseObject } from '../../lambda/parse-object.ts';
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
/** Subjects are shorter than this, in UTF-16 units. */
const subjectCharacters = 100;
/** Names of attributes are shorter than this. */
const attributeNameBytes = 256;

const invalid = (message: string) => new AwsError('InvalidParameter', `Invalid parameter: ${message}`);

/**
 * Checks a Publish as SNS does, and gives the message's parts by protocol.
 *
 * Texts are the recorded ones but for a subject that is too long or has line breaks (taken to be that for an empty
 * one) and for what the stand-in itself lacks.
 */
export function checkPublish(
  { message = '', messageStructure, subject = 'none', attributes, topicArn = '' }: PublishParameters,
  region: string,
  topics: readonly string[],
): Record<string, string> {
  if (subject === '' || subject.length >= subjectCharacters || /[\p{Cc}\u2028\u2029]/u.test(subject))
    throw invalid('Subject');
  if (message === '') throw invalid('Empty message');
  const parts = readMessageParts(message, messageStructure);
  for (const attribute of attributes) {
    const [, fault] = attributeFaults(attribute).find(([isFault]) => isFault) ?? [];
    if (fault !== undefined) throw new AwsError('ParameterValueInvalid', fault);
  }
  const texts = [message, ...attributes.flatMap((each) => [each.name, each.dataType, each.stringValue])];
  if (Buffer.byteLength(texts.join('')) > messageBytes) throw invalid('Message too long');
  const { length, 2: service, 3: home } = topicArn.split(':');
  if (length < 6) throw invalid(`TopicArn Reason: An ARN must have at least 6 elements, not ${length}`);
  if (service !== 'sns' || home !== region) throw invalid('TopicArn');
  if (!topics.includes(topicArn)) throw new AwsError('NotFound', 'Topic does not exist', 404);
  return parts;
}

/** What can be wrong with an attribute, in the order in which SNS looks. */
function attributeFaults({ name, dataType, stringValue }: PublishedAttribute): [isFault: boolean, message: string][] {
  const stranger = /[^A-Za-z0-9_.-]/u.exec(name)?.[0].codePointAt(0);
  const strange = `#x${stranger?.toString(16).toUpperCase()}`;
  return [
    [name.startsWith('.'), "Invalid message attribute name starting with character '.' was found."],
    [name.endsWith('.'), "Invalid message attribute name ending with character '.' was found."],
    [
      stranger !== undefined,
      `Invalid non-alphanumeric character '${strange}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    ],
    [name.includes('..'), "Message attribute name can not have successive '.' character."],
    [
      name === '' || Buffer.byteLength(name) >= attributeNameBytes,
      `The length of a message attribute name must be between 1 and ${attributeNameBytes - 1}.`,
    ],
    [
      !/^(String|Number)(\.|$)/.test(dataType),
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    ],
    [
      stringValue === '',
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${dataType}'.`,
    ],
  ];
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
