import type { Connection } from '../../lambda/connections/read-connections.ts';
import { isUsable } from '../../lambda/stored-token.ts';
import { Refusal } from '../faults.ts';
import type { Place } from '../place/place.ts';
import { readStored } from '../stored/stored.ts';
import { callBackLive, closeLive, type OpenedChat, transferLive } from './check-live.ts';
import { type CheckResult, chooseFor, type Operation, operations, type Proved, type Ready } from './operation.ts';
import { proveByReading } from './prove.ts';

/** Checks each operation that has a service; `live` really carries it out, with this contact for the test call. */
export async function runChecks(place: Place, connections: readonly Connection[], live?: { contactId: string }) {
  const results: CheckResult[] = [];
  let opened: OpenedChat | undefined;
  for (const operation of Object.keys(operations) as Operation[]) {
    const connection = chooseFor(operation, connections);
    if (connection === undefined) continue;
    const result = { operation, connection: connection.name };
    try {
      const { chat, reason, notes }: Proved & { chat?: OpenedChat } = await carryOut(operation, connection);
      opened ??= chat;
      results.push({ ...result, passed: true, reason, fix: null, notes });
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      results.push({ ...result, passed: false, reason: fault.message, fix: fault.fix ?? null, notes: [] });
    }
  }
  return results;

  async function carryOut(operation: Operation, connection: Connection) {
    const ready = await prepare(place, connection);
    if (live === undefined) return proveByReading(operation, ready);
    if (operation === 'callback') return callBackLive(ready, live.contactId, place.now());
    return operation === 'closure' ? closeLive(ready, opened) : transferLive(ready);
  }
}

async function prepare(place: Place, connection: Connection): Promise<Ready> {
  const { name } = connection;
  const program = 'npx --no-install zoho-tokens';
  const { token } = await readStored(place, connection);
  const { document } = token;
  if (document === undefined)
    throw new Refusal('no token is stored', `\`${program} refresh ${name}\`, or first \`authorize ${name}\``);
  if (!isUsable(token, place.now()))
    throw new Refusal('the stored token has expired or is rejected', `see \`${program} status ${name}\``);
  return { callZoho: place.callZoho, connection, accessToken: document.accessToken, scopes: document.scopes };
}
