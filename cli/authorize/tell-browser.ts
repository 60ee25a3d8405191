import type { Connection } from '../../lambda/connections/read-connections.ts';
import { explainFault } from '../explain-fault.ts';
import type { Outcome } from '../outcome.ts';
import type { CallbackPage } from './callback-page.ts';
import type { CallbackServer } from './callback-server.ts';

/**
 * Runs a consent to its end, and tells the person in the browser how it ended, whatever that was.
 *
 * @throws what the consent threw.
 */
export async function tellBrowser(
  server: CallbackServer,
  { name }: Connection,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  try {
    const outcome = await work();
    await server.finish(goodPage(name, outcome));
    return outcome;
  } catch (fault) {
    await server.finish(badPage(name, fault));
    throw fault;
  }
}

function goodPage(name: string, { lines }: Outcome): CallbackPage {
  return {
    isGood: true,
    title: `Consent for ${name} is stored`,
    lines: [...lines.slice(0, 1), ...lines.filter((line) => line.startsWith('but:')), 'You can close this window.'],
  };
}

function badPage(name: string, fault: unknown): CallbackPage {
  const { error, fix } = explainFault(fault);
  return {
    isGood: false,
    title: `Nothing was stored for ${name}`,
    lines: [`Why: ${error}.`, ...(fix === undefined ? [] : [`Next: ${fix}.`]), 'You can close this window.'],
  };
}
