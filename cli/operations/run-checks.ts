import type { Connection } from '../../lambda/connections/read-connections.ts';
import { isUsable } from '../../lambda/stored-token.ts';
import type { Place } from '../place/place.ts';
import { readStored } from '../stored/read-stored.ts';
import { type CallService, createCallService } from './call-service.ts';
import { callBackLive, closeAsVisitor, closeLive, type OpenedChat, transferLive } from './check-live.ts';
import { checkByReading, type Proved } from './check-reads.ts';
import { CheckFault, type CheckResult, type Operation, operationTitles, type Ready } from './check-result.ts';
import { chooseFor } from './choose-for.ts';

const operations = Object.keys(operationTitles) as Operation[];

/**
 * Checks the guide's three operations with the stored tokens.
 *
 * @param live - Set to really carry them out, with the Desk contact for the test call.
 * @returns One result per operation for which the connections have a service.
 */
export async function runChecks(
  place: Place,
  connections: readonly Connection[],
  live: { contactId: string } | undefined,
): Promise<CheckResult[]> {
  const call = createCallService(place.callZoho);
  const results: CheckResult[] = [];
  let chat: { opened: OpenedChat; by: Ready } | undefined;
  for (const operation of operations) {
    const connection = chooseFor(operation, connections);
    if (connection === undefined) continue;
    results.push(
      await judged(operation, connection, async () => {
        const ready = await prepare(place, connection);
        if (live === undefined) return checkByReading[operation](call, ready);
        if (operation === 'callback') return callBackLive(call, ready, live.contactId, place.now());
        if (operation === 'transfer') {
          const { chat: opened, ...proved } = await transferLive(call, ready);
          chat = { opened, by: ready };
          return proved;
        }
        return closeOrCleanUp(call, ready, chat);
      }),
    );
  }
  return results;
}

async function closeOrCleanUp(
  call: CallService,
  ready: Ready,
  chat: { opened: OpenedChat; by: Ready } | undefined,
): Promise<Proved> {
  if (chat === undefined) {
    throw new CheckFault('not tried: there is no test chat to close', 'correct the chat transfer first');
  }
  try {
    return await closeLive(call, ready, chat.opened);
  } catch (fault) {
    if (!(fault instanceof CheckFault)) throw fault;
    const left = await closeAsVisitor(call, chat.by, chat.opened);
    throw new CheckFault(`${fault.message}; ${left}`, fault.fix);
  }
}

async function prepare(place: Place, connection: Connection): Promise<Ready> {
  const { name } = connection;
  const { token } = await readStored(place, connection);
  const { document } = token;
  if (document === undefined) {
    throw new CheckFault(
      'no token is stored',
      `\`npx --no-install zoho-tokens refresh ${name}\`, or first \`authorize ${name}\``,
    );
  }
  if (!isUsable(token, place.now())) {
    throw new CheckFault(
      'the stored token has expired or is rejected',
      `see \`npx --no-install zoho-tokens status ${name}\``,
    );
  }
  return { connection, accessToken: document.accessToken, scopes: document.scopes };
}

async function judged(operation: Operation, { name }: Connection, work: () => Promise<Proved>): Promise<CheckResult> {
  try {
    const { reason, notes } = await work();
    return { operation, connection: name, passed: true, reason, fix: null, notes };
  } catch (fault) {
    if (!(fault instanceof CheckFault)) throw fault;
    return { operation, connection: name, passed: false, reason: fault.message, fix: fault.fix, notes: [] };
  }
}
