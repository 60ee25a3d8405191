import type { Connection } from '../../lambda/connections/read-connections.ts';
import { services } from '../../lambda/zoho/services.ts';
import { chooseConnections } from '../choose-connections.ts';
import { command } from '../command.ts';
import type { Context } from '../context.ts';
import { Refusal, UsageError } from '../faults.ts';
import { type CheckResult, operationTitles } from '../operations/check-result.ts';
import { hasOperation } from '../operations/choose-for.ts';
import { runChecks } from '../operations/run-checks.ts';
import { atPlace } from '../place/open-place.ts';
import type { Paint } from '../terminal/paint.ts';

/** `check`: the guide's test script, with the stored tokens. */
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
    live: { type: 'boolean', description: 'really carry the three operations out, on a marked test visitor' },
    'contact-id': {
      type: 'string',
      valueHint: 'id',
      description: 'Desk contact for the test call of --live',
    },
    yes: { type: 'boolean', description: 'do not ask before --live' },
  },
  run: (words, options, context) =>
    atPlace(options, context, async (place) => {
      const connections = chooseConnections(place.connections, words);
      const contactId = options['contact-id'];
      if (contactId !== undefined && !options.live) throw new UsageError('--contact-id belongs to --live');
      const live = options.live ? await agreeToLive(connections, contactId, options.yes, context) : undefined;
      const results = await context.terminal.during('asking Zoho', () => runChecks(place, connections, live));
      const unchecked = connections.filter((connection) => !hasOperation(connection));
      const [first] = unchecked;
      if (results.length === 0 && first !== undefined) {
        const { title } = services[first.service];
        throw new Refusal(
          `no operation of ${title} is known, so ${first.name} was not checked`,
          `\`npx --no-install zoho-tokens status ${first.name} --probe\` asks ${title} whether it accepts the token`,
        );
      }
      const names = unchecked.map(({ name }) => name);
      return {
        isFine: results.every(({ passed }) => passed),
        lines: [
          ...results.flatMap((result) => renderResult(result, context.terminal.paint)),
          ...names.map(
            (name) =>
              `- ${name}: not checked, no operation of its service is known; see \`npx --no-install zoho-tokens status ${name} --probe\``,
          ),
        ],
        json: { live: live !== undefined, checks: results, not_checked: names },
      };
    }),
});

/** What is made at Zoho is seen by people there: somebody must have agreed to it. */
async function agreeToLive(
  connections: readonly Connection[],
  given: string | undefined,
  isAgreed: boolean,
  { terminal }: Context,
): Promise<{ contactId: string }> {
  const hasDesk = connections.some(({ service }) => service === 'desk');
  let contactId = given ?? '';
  if (hasDesk && given === undefined) {
    if (!terminal.isInteractive) throw new UsageError('--live creates a Desk call: say for whom with --contact-id');
    contactId = await terminal.ask('Desk contact id for the test call: ');
  }
  if (hasDesk && !/^\d{1,20}$/.test(contactId))
    throw new UsageError('--contact-id: expected the digits of a Desk contact id');
  if (isAgreed) return { contactId };
  if (!terminal.isInteractive) throw new UsageError('--live makes a chat and a call at Zoho: agree with --yes');
  const agreed = await terminal.confirm(
    'This opens and closes a test chat in SalesIQ and creates a call in Desk. Go on?',
  );
  if (!agreed) throw new Refusal('not agreed: nothing was done');
  return { contactId };
}

function renderResult({ operation, connection, passed, reason, fix, notes }: CheckResult, paint: Paint): string[] {
  const mark = passed ? paint.good('✓') : paint.bad('✗');
  const title = operationTitles[operation].padEnd(17);
  return [
    `${mark} ${title}  ${connection ?? '-'}: ${reason}`,
    ...(fix === null ? [] : [`    fix: ${fix}`]),
    ...notes.map((note) => paint.dim(`    note: ${note}`)),
  ];
}
