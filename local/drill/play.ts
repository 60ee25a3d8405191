import { type Cause, causes, type Fix, fixes, namesConnection } from './causes.ts';
import type { Round } from './round.ts';
import { listMails, showDashboard, showMail, showRunbook } from './show.ts';

/** What one line of the player came to: lines to print, or the end. */
export type Reply = { readonly lines: readonly string[]; readonly isEnd?: boolean };

/** What the desk of an on-call engineer has beside the round. */
export type Desk = {
  readonly round: Round;
  readonly connections: readonly string[];
  readonly now: () => number;
  /** Text of the runbook; empty where there is none. */
  readonly runbook: string;
  /** Runs the operator's command line on the drill's own store, and gives its exit code. */
  readonly runCommandLine: (words: readonly string[]) => Promise<number>;
};

export const playHelp = [
  'alerts                  the mails of this night',
  'read NUMBER             one of them',
  'dashboard               life left, refreshes, failures and alarms',
  'runbook [CODE]          the codes, or what the runbook says about one',
  'zoho-tokens ...         the command line, e.g. zoho-tokens status',
  'cause NAME [CONNECTION] name the cause; `cause` alone lists them',
  'fix NAME [CONNECTION]   do something about it; `fix` alone lists them',
  'quit                    give up and see the solution',
];

/** Carries out one line of the player. */
export async function answerPlayer(desk: Desk, line: string): Promise<Reply> {
  const { round } = desk;
  const [word = '', first, second] = line.trim().split(/\s+/);
  const { messages } = round.watch.history.whole();
  switch (word) {
    case '':
      return { lines: [] };
    case 'help':
      return { lines: playHelp };
    case 'quit':
      return { lines: [], isEnd: true };
    case 'alerts':
      round.notice();
      return { lines: listMails(messages) };
    case 'read': {
      round.notice();
      const mail = first === undefined ? messages.at(-1) : messages[Number(first) - 1];
      return { lines: mail === undefined ? ['no such mail'] : showMail(mail) };
    }
    case 'dashboard':
      round.notice();
      return { lines: showDashboard(round.watch, desk.now()) };
    case 'runbook':
      return { lines: showRunbook(desk.runbook, first) };
    case 'zoho-tokens': {
      round.notice();
      const [command, ...words] = line.trim().split(/\s+/).slice(1);
      const code = await desk.runCommandLine(command === undefined ? ['--help'] : [command, ...words]);
      const connection = words.find((each) => desk.connections.includes(each));
      if (command === 'authorize' && code === 0 && connection !== undefined) round.authorized(connection);
      return { lines: [] };
    }
    case 'cause':
      return { lines: [nameCause(desk, first, second)].flat() };
    case 'fix':
      return { lines: [carryOut(desk, first, second)].flat() };
    default:
      return { lines: [`unknown command ${JSON.stringify(word)}; try help`] };
  }
}

function nameCause(desk: Desk, name: string | undefined, connection: string | undefined): string | string[] {
  if (name === undefined || !Object.hasOwn(causes, name)) return listed(causes);
  const cause = name as Cause;
  const missing = missingConnection(desk, cause, connection);
  if (missing !== undefined) return missing;
  return desk.round.diagnose(cause, connection) ? 'yes, that is it' : 'no, that is not it';
}

function carryOut(desk: Desk, name: string | undefined, connection: string | undefined): string | string[] {
  if (name === undefined || !Object.hasOwn(fixes, name)) return listed(fixes);
  const fix = name as Fix;
  const missing = missingConnection(desk, fix, connection);
  if (missing !== undefined) return missing;
  // Whether it helped shows on the dashboard, as it would in the night.
  desk.round.fix(fix, connection);
  return fix === 'wait' ? 'you wait and watch' : 'done; the next tick shows what it did';
}

function missingConnection(
  { connections }: Desk,
  word: Cause | Fix,
  connection: string | undefined,
): string | undefined {
  if (!namesConnection(word)) return undefined;
  if (connection !== undefined && connections.includes(connection)) return undefined;
  return `for which connection? ${word} ${connections.join(' | ')}`;
}

function listed(table: Readonly<Record<string, string>>): string[] {
  return Object.entries(table).map(([name, text]) => `${name.padEnd(20)}${text}`);
}
