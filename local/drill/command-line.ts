import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { env, execPath, stdin } from 'node:process';
import type { Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** Names the store to whoever runs `zoho-tokens --local`, here or in another terminal. */
export const storeVariable = 'ZOHO_TOKENS_LOCAL_STORE';

/**
 * Runs the operator's command line on the drill's own store, and lends it the terminal meanwhile: `authorize` asks.
 *
 * @param closed - Aborted once the player's lines have ended, which may be meanwhile.
 */
export async function runCommandLine(words: readonly string[], file: string, input: Interface, closed: AbortSignal) {
  input.pause();
  // Both would read what is typed, and a secret would be shown by one of them.
  const isTerminal = stdin.isTTY === true;
  if (isTerminal) stdin.setRawMode(false);
  const child = spawn(execPath, [main, ...words, '--local'], {
    // A script that plays the drill has typed its next lines already: they are not the command's.
    stdio: [isTerminal ? 'inherit' : 'ignore', 'inherit', 'inherit'],
    env: { ...env, [storeVariable]: file },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (isTerminal && !closed.aborted) stdin.setRawMode(true);
  if (!closed.aborted) input.resume();
  return code ?? 1;
}
