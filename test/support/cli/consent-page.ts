import { setTimeout as wait } from 'node:timers/promises';
import { callbackAddress } from '../../../cli/authorize/callback-server.ts';
import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { registerFor } from '../../../local/offer-stage.ts';
import type { ZohoStandIn } from '../../../local/zoho/server.ts';

/** A client as the API console would make it, and what somebody types at the questions of `authorize` who has it. */
export function registerClient(zoho: ZohoStandIn, connection: Connection, port: number) {
  const { client_id, client_secret } = registerFor(zoho, connection, [callbackAddress(port)]);
  const answers = [
    { question: 'Client ID', typed: client_id },
    { question: 'Client secret', typed: client_secret },
  ];
  return { client_id, client_secret, answers };
}

/** How long a test waits for the program to open its page: in the drill it is a page of Chromium that starts it. */
const longestWaitMilliseconds = 90_000;

/**
 * Does what a person does on the consent page, without a browser.
 *
 * @param port - Where the program waits for the answer.
 * @returns Text of the page that the person sees at the end.
 */
export async function answerConsentPage(port: number, decision: 'grant' | 'deny'): Promise<string> {
  const page = await followConsent(port, decision);
  return (await fetch(page)).text();
}

/**
 * The callback address to which the consent page sends the browser after a decision; it is not opened.
 *
 * @param from - Where the program waits for the answer, or the consent page to which it led already.
 */
export async function followConsent(from: number | URL, decision: 'grant' | 'deny'): Promise<URL> {
  const consentUrl = typeof from === 'number' ? await waitForStart(from) : from;
  const consent = await (await fetch(consentUrl)).text();
  const action = /action="([^"]+)"/.exec(consent)?.[1]?.replaceAll('&#38;', '&');
  if (action === undefined) throw new Error(`no consent page: ${consent}`);
  const decided = await fetch(new URL(action, consentUrl), {
    method: 'POST',
    body: new URLSearchParams({ decision }),
    redirect: 'manual',
  });
  return new URL(decided.headers.get('location') ?? '');
}

/** Where the program's start page leads to, as soon as there is one. */
export async function waitForStart(port: number): Promise<URL> {
  const end = performance.now() + longestWaitMilliseconds;
  while (performance.now() < end) {
    const answer = await fetch(`http://localhost:${port}/start`, { redirect: 'manual' }).catch(() => undefined);
    const location = answer?.headers.get('location');
    if (location !== undefined && location !== null) return new URL(location);
    await wait(50);
  }
  throw new Error('the program never opened its start page');
}
