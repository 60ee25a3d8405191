import * as v from 'valibot';

/** Text as a JSON object; `undefined` for anything else. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return v.is(v.record(v.string(), v.unknown()), json) && !Array.isArray(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
