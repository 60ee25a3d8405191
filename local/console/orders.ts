import * as v from 'valibot';

/** What the page can ask the server to do, as JSON. */
export const orderSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.variant('do', [
    v.strictObject({ do: v.literal('speed'), speed: v.number() }),
    v.strictObject({ do: v.picklist(['break', 'heal']), fault: v.string(), connection: v.optional(v.string()) }),
    v.strictObject({ do: v.literal('heal all') }),
    v.strictObject({ do: v.literal('test alert') }),
  ]),
);
export type Order = v.InferOutput<typeof orderSchema>;
