import { rememberedTokens } from './settings.ts';

/** Drops the oldest entries of a map that has grown too large. */
export function forgetOldest(entries: Map<string, unknown>): void {
  for (const key of entries.keys()) {
    if (entries.size <= rememberedTokens) return;
    entries.delete(key);
  }
}
