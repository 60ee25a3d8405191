import type { Connection } from '../../lambda/connections/read-connections.ts';
import { isUsable } from '../../lambda/stored-token.ts';
import { services } from '../../lambda/zoho/services.ts';
import { type Context, command } from '../command.ts';
import { Refusal, UsageError } from '../faults.ts';
import { callBackLive, closeLive, type OpenedChat, transferLive } from '../operations/check-live.ts';
import {
  type CheckResult,
  chooseFor,
  hasOperation,
  type Operation,
  operations,
  type Proved,
  type Ready,
} from '../operations/operation.ts';
import { proveByReading } from '../operations/prove.ts';
import { atPlace, chooseConnections } from '../place/open-place.ts';
import type { Place } from '../place/place.ts';
import { readStored } from '../stored/stored.ts';
import type { Paint } from '../terminal.ts';

export const check = command({
  name: 'check',
  summary: 'Proves Chat Transfer, Chat Closure and Callback Creation with the stored tokens',
  examples: [
    ['check', 'reads only: token, scope, portal or organisation, department; nothing is created'],
    ['check desk', 'only what the token of this connection is for'],
    ['check --live --contact-id 12345', 'really opens and closes a test chat and creates a test call'],
  ],
  argument: ['[connection...]', 'only these connections'],
  options: {
    live: 'really carry the three operations out, on a marked test visitor',
    'contact-id <id>': 'Desk contact for the test call of --live',
    yes: 'do not ask before --live',
  },
  run: (words, options, context) =>
    atPlace(options, context, async (place) => {
      const { paint, during } = context.terminal;
      const connections = chooseConnections(place.connections, words);
      const contactId = options['contact-id'];
      if (contactId !== undefined && !options.live) throw new UsageError('--contact-id belongs to --live');
      const hasDesk = connections.some(({ service }) => service === 'desk');
      const live = options.live ? await agreeToLive(hasDesk, contactId, options.yes, context) : undefined;
      const results = await during('asking Zoho', () => runChecks(place, connections, live));
      const unchecked = connections.filter((connection) => !hasOperation(connection));
      const program = 'npx --no-install zoho-tokens';
      const [first] = unchecked;
      if (results.length === 0 && first !== undefined) {
        const { title } = services[first.service];
        throw new Refusal(
          `no operation of ${title} is known, so ${first.name} was not checked`,
          `\`${program} status ${first.name} --probe\` asks ${title} whether it accepts the token`,
        );
      }
      const names = unchecked.map(({ name }) => name);
      const why = 'not checked, no operation of its service is known';
      return {
        isFine: results.every(({ passed }) => passed),
        lines: [
          ...results.flatMap((result) => renderResult(result, paint)),
          ...names.map((name) => `- ${name}: ${why}; see \`${program} status ${name} --probe\``),
        ],
        json: { live: live !== undefined, checks: results, not_checked: names },
      };
    }),
});

/** What is made at Zoho is seen by people there: somebody must have agreed to it. */
async function agreeToLive(hasDesk: boolean, given: string | undefined, isAgreed: boolean, { terminal }: Context) {
  let contactId = given ?? '';
  if (hasDesk && given === undefined) {
    if (!terminal.isInteractive) throw new UsageError('--live creates a Desk call: say for whom with --contact-id');
    contactId = await terminal.ask('Desk contact id for the test call: ');
  }
  if (hasDesk && !/^\d{1,20}$/.test(contactId))
    throw new UsageError('--contact-id: expected the digits of a Desk contact id');
  if (isAgreed) return { contactId };
  if (!terminal.isInteractive) throw new UsageError('--live makes a chat and a call at Zoho: agree with --yes');
  const question = 'This opens and closes a test chat in SalesIQ and creates a call in Desk. Go on?';
  if (await terminal.confirm(question)) return { contactId };
  throw new Refusal('not agreed: nothing was done');
}

function renderResult({ operation, connection, passed, reason, fix, notes }: CheckResult, paint: Paint): string[] {
  const mark = passed ? paint.good('✓') : paint.bad('✗');
  return [
    `${mark} ${operations[operation].title.padEnd(17)}  ${connection}: ${reason}`,
    ...(fix === null ? [] : [`    fix: ${fix}`]),
    ...notes.map((note) => paint.dim(`    note: ${note}`)),
  ];
}

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
