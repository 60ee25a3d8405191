import { AwsError } from './aws-error.ts';

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
export function readMessageParts(message: string, messageStructure: string | undefined): Record<string, string> {
  if (messageStructure === undefined) return { default: message };
  if (messageStructure !== 'json') throw new AwsError('InvalidParameter', 'Invalid parameter: MessageStructure');
  const parsed = parseObject(message);
  if (!parsed || hasDuplicateKeys(message)) throw refuse('JSON message body failed to parse');
  const parts = Object.entries(parsed).filter(
    (entry): entry is [string, string] => protocols.has(entry[0]) && typeof entry[1] === 'string',
  );
  if (!parts.some(([protocol]) => protocol === 'default')) throw refuse('No default entry in JSON message body');
  return Object.fromEntries(parts);
}

function refuse(reason: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: Message Structure - ${reason}`);
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
