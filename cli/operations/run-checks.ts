import type { Connection } from '../../lambda/connections/read-connections.ts';
import { isUsable } from '../../lambda/stored-token.ts';
import type { Place } from '../place/place.ts';
import { readStored } from '../stored/stored.ts';
import { createCallService } from './call-service.ts';
import { callBackLive, closeLive, type OpenedChat, transferLive } from './check-live.ts';
import {
  CheckFault,
  type CheckResult,
  chooseFor,
  type Operation,
  operations,
  type Proved,
  type Ready,
} from './operation.ts';
import { proveByReading } from './prove.ts';

/** Checks each operation that has a service; `live` really carries it out, with this contact for the test call. */
export async function runChecks(place: Place, connections: readonly Connection[], live?: { contactId: string }) {
  const call = createCallService(place.callZoho);
  const results: CheckResult[] = [];
  let opened: OpenedChat | undefined;
  for (const operation of Object.keys(operations) as Operation[]) {
    const connection = chooseFor(operation, connections);
    if (connection === undefined) continue;
    const result = await judged(operation, connection, async () => {
      const ready = await prepare(place, connection);
      if (live === undefined) return proveByReading(operation, call, ready);
      if (operation === 'callback') return callBackLive(call, ready, live.contactId, place.now());
      if (operation === 'closure') return closeLive(call, ready, opened);
      const { chat, ...proved } = await transferLive(call, ready);
      opened = chat;
      return proved;
    });
    results.push(result);
  }
  return results;
}

async function prepare(place: Place, connection: Connection): Promise<Ready> {
  const { name } = connection;
  const program = 'npx --no-install zoho-tokens';
  const { token } = await readStored(place, connection);
  const { document } = token;
  if (document === undefined)
    throw new CheckFault('no token is stored', `\`${program} refresh ${name}\`, or first \`authorize ${name}\``);
  if (!isUsable(token, place.now()))
    throw new CheckFault('the stored token has expired or is rejected', `see \`${program} status ${name}\``);
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
