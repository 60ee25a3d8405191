import type { Connection } from '../../lambda/connections/read-connections.ts';
import type { Outcome } from '../command.ts';
import { explainFault } from '../remedies.ts';

export type CallbackPage = { readonly isGood: boolean; readonly title: string; readonly lines: readonly string[] };

/** Nothing is loaded and no script runs: the address of this page once held a code. */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

export function renderCallbackPage({ isGood, title, lines }: CallbackPage): string {
  const color = isGood ? '#0a6b2d' : '#a01818';
  const body = lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('');
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>
body{font:17px/1.5 system-ui,sans-serif;max-width:38rem;margin:15vh auto;padding:0 1rem;color:#1c1c1c;background:#fff}
h1{font-size:1.5rem;color:${color}}@media (prefers-color-scheme:dark){body{color:#eee;background:#161616}h1{color:${isGood ? '#5fd38a' : '#ff8f8f'}}}
</style></head><body><main><h1>${isGood ? '✓' : '✗'} ${escapeHtml(title)}</h1>${body}</main></body></html>`;
}

/** The text with HTML's own characters escaped, for attributes too. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Runs a consent to its end, and tells the person in the browser how it ended, whatever that was. */
export async function tellBrowser(
  server: { readonly finish: (page: CallbackPage) => Promise<void> },
  { name }: Connection,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const close = 'You can close this window.';
  try {
    const outcome = await work();
    const [first = '', ...rest] = outcome.lines;
    const lines = [first, ...rest.filter((line) => line.startsWith('but:')), close];
    await server.finish({ isGood: true, title: `Consent for ${name} is stored`, lines });
    return outcome;
  } catch (fault) {
    const { error, fix } = explainFault(fault);
    const lines = [`Why: ${error}.`, ...(fix === undefined ? [] : [`Next: ${fix}.`]), close];
    await server.finish({ isGood: false, title: `Nothing was stored for ${name}`, lines });
    throw fault;
  }
}
