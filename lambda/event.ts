import * as v from 'valibot';

/** What the Lambda was invoked for. */
export type RefresherEvent =
  | { readonly kind: 'tick'; readonly slot: Date }
  | {
      readonly kind: 'on demand';
      readonly connections: readonly string[];
      readonly reason: 'unauthorized' | 'operator';
      readonly force: boolean;
    }
  | { readonly kind: 'test alert' };

/** The event cannot be understood; answered, never thrown: an app must not be able to page anybody. */
export class EventError extends Error {
  override readonly name = 'EventError';
}

const tickSchema = v.object({
  schedule_arn: v.string(),
  scheduled_time: v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/)),
});
const testSchema = v.strictObject({ test_alert: v.literal(true) });
const onDemandSchema = v.strictObject({
  connections: v.pipe(v.array(v.string()), v.minLength(1)),
  reason: v.picklist(['unauthorized', 'operator']),
  force: v.optional(v.boolean(), false),
});

const forms =
  '{"schedule_arn","scheduled_time"}, {"connections":[...],"reason":"unauthorized"|"operator","force"} or {"test_alert":true}';

/**
 * Reads an invocation event.
 *
 * @param names - Names of the known connections.
 * @throws {@link EventError}
 */
export function readEvent(event: unknown, names: readonly string[]): RefresherEvent {
  if (v.is(tickSchema, event)) {
    const slot = new Date(event.scheduled_time);
    if (Number.isNaN(slot.getTime())) throw new EventError('scheduled_time is not an ISO 8601 instant');
    return { kind: 'tick', slot };
  }
  if (v.is(testSchema, event)) return { kind: 'test alert' };
  const onDemand = v.safeParse(onDemandSchema, event);
  if (!onDemand.success) throw new EventError(`unknown event; expected ${forms}`);
  const { connections, reason, force } = onDemand.output;
  // What was sent is not quoted: it may be anything, a token put in the wrong place included.
  const unknown = connections.findIndex((name) => !names.includes(name));
  if (unknown >= 0) throw new EventError(`$.connections[${unknown}] is not one of ${names.join(', ')}`);
  if (force && reason !== 'operator') throw new EventError('"force" belongs to the reason "operator" alone');
  return { kind: 'on demand', connections: [...new Set(connections)], reason, force };
}
