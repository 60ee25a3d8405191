import * as v from 'valibot';

const tickSchema = v.object({
  schedule_arn: v.string(),
  scheduled_time: v.pipe(v.string(), v.isoTimestamp(), v.toDate()),
});
const testSchema = v.strictObject({ test_alert: v.literal(true) });
const onDemandSchema = v.strictObject({
  connections: v.pipe(v.array(v.string()), v.minLength(1)),
  reason: v.picklist(['unauthorized', 'operator']),
  force: v.optional(v.boolean(), false),
});

/** What the Lambda was invoked for. */
export type RefresherEvent =
  | { readonly kind: 'tick'; readonly slot: Date }
  | ({ readonly kind: 'on demand' } & Readonly<v.InferOutput<typeof onDemandSchema>>)
  | { readonly kind: 'test alert' };

/** The event cannot be understood; answered, never thrown: an app must not be able to page anybody. */
export class EventError extends Error {
  override readonly name = 'EventError';
}

const forms =
  '{"schedule_arn","scheduled_time"}, {"connections":[...],"reason":"unauthorized"|"operator","force"} or {"test_alert":true}';

/** Reads an invocation event, by the names of the known connections; throws {@link EventError}. */
export function readEvent(event: unknown, names: readonly string[]): RefresherEvent {
  const tick = v.safeParse(tickSchema, event);
  if (tick.success) return { kind: 'tick', slot: tick.output.scheduled_time };
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
