import * as v from 'valibot';

const schema = v.variant('do', [
  v.strictObject({ do: v.literal('speed'), speed: v.number() }),
  v.strictObject({
    do: v.picklist(['break', 'heal']),
    fault: v.string(),
    connection: v.optional(v.string()),
  }),
  v.strictObject({ do: v.literal('heal all') }),
  v.strictObject({ do: v.literal('test alert') }),
]);

/** What the page can ask the server to do. */
export type Order = v.InferOutput<typeof schema>;
/** More than any order has. */
export const longestOrderBytes = 4_096;

/** The request's body is not an order. */
export class OrderError extends Error {
  override readonly name = 'OrderError';
}

/**
 * Reads an order.
 *
 * @throws {@link OrderError}
 */
export function readOrder(text: string): Order {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  if (parsed.success) return parsed.output;
  throw new OrderError('expected an order such as {"do":"break","fault":"token/http_500"}');
}
