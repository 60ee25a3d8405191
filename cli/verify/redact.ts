import { parseObject } from '../../lambda/parse-object.ts';

export type Known = readonly [value: string, kind: string];

/** Keys whose values are words of Zoho's or AWS's own; what else is in a body is replaced by its kind. */
const ownWords = new Set(
  `error error_description errorCode errorType fieldName code message status __type api_domain token_type scope expires_in
   expires_in_sec object cause response json_key param header State StateValue NewStateValue ScheduleExpression
   ActionsEnabled EvalDecision ActionNames EvalActionName Protocol StackStatus Period Stat MetricName Namespace
   VersionStages VersionIdsToStages VersionStage SubscriptionsConfirmed SubscriptionsPending FilterPolicyScope
   Effect Action Statement OutputKey test_alert isEnabled limit WaitTimeSeconds`.split(/\s+/),
);
/** Below this a known value is a word like any other, and too short to tell anything. */
const shortestKnown = 3;

/** What may be a secret, an id or an address wherever it stands. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/\d{4}\.[0-9a-f]{16,}\.[0-9a-f]{16,}/gi, '(token)'],
  [/\d{4}\.[A-Z0-9]{20,}/g, '(client id)'],
  [/arn:[\w-]+:([\w-]+):[^\s"',)]*/g, '(ARN of $1)'],
  [/[\w.+-]+@[\w-]+\.[\w.-]+/g, '(address)'],
  [/https?:\/\/(?!(www\.zohoapis|accounts\.zoho|desk\.zoho|salesiq\.zoho)[\w.]*(?![\w./]))[^\s"']+/g, '(URL)'],
  [/[0-9a-f]{8}-[0-9a-f-]{20,}/gi, '(id)'],
  [/\b(?=\w*\d)\w{12,}\b/g, '(id)'],
  [/\d{5,}/g, '(number)'],
];

export function redactText(text: string, known: readonly Known[]): string {
  const longest = known.filter(([value]) => value.length >= shortestKnown);
  const plain = longest
    .toSorted(([one], [other]) => other.length - one.length)
    .reduce((left, [value, kind]) => left.replaceAll(value, `(${kind})`), text);
  return patterns.reduce((left, [pattern, kind]) => left.replace(pattern, kind), plain);
}

/** A body with its keys, its own words, and the kind of everything else; of a list the first item. */
export function redactValue(value: unknown, known: readonly Known[], key = ''): unknown {
  if (Array.isArray(value)) {
    const isShort = value.length <= 1 || (ownWords.has(key) && value.every((each) => typeof each === 'string'));
    const shown = (isShort ? value : value.slice(0, 1)).map((each) => redactValue(each, known, key));
    return isShort ? shown : [...shown, `(and ${value.length - 1} more)`];
  }
  if (value instanceof Date) return '(instant)';
  if (value instanceof Uint8Array) return '(bytes)';
  if (typeof value === 'object' && value !== null) {
    // Keys may be ids, too: the versions of a secret are.
    const entries = Object.entries(value).filter(([, each]) => each !== undefined);
    const shown = entries.map(([name, each]) => {
      // A log line has words of its own; of a metric's the keys are what counts.
      if (key === 'events' && name === 'message') return [name, redactValue(parseObject(each) ?? each, known)];
      return [redactText(name, known), redactValue(each, known, key === 'VersionIdsToStages' ? key : name)];
    });
    return Object.fromEntries(shown);
  }
  if (value === null || typeof value === 'boolean') return value;
  if (ownWords.has(key)) return typeof value === 'number' && value < 1e8 ? value : redactText(String(value), known);
  if (typeof value === 'number') return '(number)';
  const kind = redactText(String(value), known);
  return /^\([^()]+\)$/.test(kind) ? kind : `(text, ${String(value).length} characters)`;
}

/** A body as it came: JSON by its keys, a page by its title, nothing of any other text. */
export function redactBody(body: string, known: readonly Known[]): string {
  if (body === '') return '(empty)';
  const parsed = parseObject(body);
  if (parsed !== undefined) return JSON.stringify(redactValue(parsed, known));
  const title = /<title>([^<]{0,80})<\/title>/i.exec(body)?.[1];
  const page = title === undefined ? '' : `, a page titled "${redactText(title, known)}"`;
  return `(${body.length} characters${page})`;
}
