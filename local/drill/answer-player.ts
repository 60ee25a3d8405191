import { type Cause, causes, type Fix, fixes, namesConnection } from './nights.ts';
import type { Round } from './round.ts';
import { listMails, showDashboard, showMail, showRunbook } from './show.ts';

/** What an on-call engineer has. */
export type Desk = {
  readonly round: Round;
  /** Runs the operator's command line on the drill's own store, and gives its exit code. */
  readonly runCommandLine: (words: readonly string[]) => Promise<number>;
};

export const playHelp = [
  'alerts                  the mails of this night',
  'read NUMBER             one of them',
  'dashboard               life left, refreshes, failures and alarms',
  'runbook [NAME]          the codes and alarms, or what the runbook says about one',
  'zoho-tokens ...         the command line, e.g. zoho-tokens status, zoho-tokens logs desk',
  'cause NAME [CONNECTION] name the cause; `cause` alone lists them',
  'fix NAME [CONNECTION]   do something about it; `fix` alone lists them',
  'quit                    give up and see the solution',
];

type Carrying = (desk: Desk, words: readonly string[]) => readonly string[] | Promise<readonly string[]>;

const commands: Record<string, Carrying> = {
  '': () => [],
  help: () => playHelp,
  alerts: ({ round }) => listMails(round.watch.history.whole().messages),
  read({ round }, [number]) {
    const { messages } = round.watch.history.whole();
    const mail = number === undefined ? messages.at(-1) : messages[Number(number) - 1];
    return mail === undefined ? ['no such mail'] : showMail(mail);
  },
  dashboard: ({ round }) => showDashboard(round.watch, round.now()),
  runbook: (_desk, [word]) => showRunbook(word),
  async 'zoho-tokens'({ round, runCommandLine }, words) {
    const code = await runCommandLine(words.length === 0 ? ['--help'] : words);
    const connection = words.find((each) => round.connections.includes(each));
    if (words[0] === 'authorize' && code === 0 && connection !== undefined) round.authorized(connection);
    return [];
  },
  cause: (desk, words) =>
    choose(desk, causes, words, (cause, connection) =>
      desk.round.diagnose(cause, connection) ? 'yes, that is it' : 'no, that is not it',
    ),
  fix: (desk, words) =>
    choose(desk, fixes, words, (fix, connection) => {
      // Whether it helped shows on the dashboard, as it would in the night.
      desk.round.fix(fix, connection);
      return fix === 'wait' ? 'you wait and watch' : 'done; the next tick shows what it did';
    }),
};
/** With these the player looks at something for the first time. */
const noticing = ['alerts', 'read', 'dashboard', 'zoho-tokens'];

/** Carries out one line of the player, and gives the lines to print; `undefined` for the end. */
export async function answerPlayer(desk: Desk, line: string): Promise<readonly string[] | undefined> {
  const [word = '', ...words] = line.trim().split(/\s+/);
  if (word === 'quit') return undefined;
  if (noticing.includes(word)) desk.round.notice();
  const carryOut = Object.hasOwn(commands, word) ? commands[word] : undefined;
  return carryOut?.(desk, words) ?? [`unknown command ${JSON.stringify(word)}; try help`];
}

/** Takes a name from a list, and the connection if it is about one; anything else shows what there is to choose. */
function choose<Word extends Cause | Fix>(
  { round: { connections } }: Desk,
  table: Readonly<Record<Word, string>>,
  [name, connection]: readonly string[],
  carryOut: (word: Word, connection: string | undefined) => string,
): string[] {
  if (name === undefined || !Object.hasOwn(table, name))
    return Object.entries<string>(table).map(([word, text]) => `${word.padEnd(20)}${text}`);
  const word = name as Word;
  const isMissing = namesConnection(word) && !connections.includes(connection ?? '');
  return [isMissing ? `for which connection? ${word} ${connections.join(' | ')}` : carryOut(word, connection)];
}
