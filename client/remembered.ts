import { rememberedTokens } from './settings.ts';

/** Drops the oldest entries of a set or map that has grown too large. */
export function forgetOldest(entries: Set<string> | Map<string, unknown>): void {
  for (const key of entries.keys()) {
    if (entries.size <= rememberedTokens) return;
    entries.delete(key);
  }
}
