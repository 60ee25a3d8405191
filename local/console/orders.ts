import * as v from 'valibot';

/** What the page can ask the server to do. */
export type Order =
  | { readonly do: 'speed'; readonly speed: number }
  | { readonly do: 'break' | 'heal'; readonly fault: string; readonly connection?: string | undefined }
  | { readonly do: 'heal all' }
  | { readonly do: 'test alert' };

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

/** The request's body is no order. */
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
  if (!parsed.success)
    throw new OrderError('expected an order such as {"do":"break","fault":"token/http_500"}');
  return parsed.output;
}
