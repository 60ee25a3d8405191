import { existsSync, readFileSync } from 'node:fs';
import { type FailureCode, failureCodes, failureRow } from '../../lambda/failure.ts';
import { command } from '../command.ts';
import type { Context } from '../context.ts';
import { quoteWord, UsageError } from '../faults.ts';
import { ownProgram } from '../own-program.ts';
import { chooseTarget } from '../place/choose-stage.ts';
import type { PlaceOptions } from '../place/place.ts';
import { meanings, remedyFor } from '../remedies.ts';

/** The clone's own; the installed package has the table of failures alone. */
const runbookFile = new URL('../../docs/runbook.md', import.meta.url);

/** `runbook`: what an alert's code means and what ends it. */
export const runbook = command({
  name: 'runbook',
  summary: 'Shows what the code of an alert means and what to do about it; needs no account',
  examples: [
    ['runbook invalid_code', 'one entry'],
    ['runbook', 'all codes'],
  ],
  argument: ['[code]', 'as in the alert, e.g. invalid_code'],
  options: {},
  run: async ([code], options, context) => {
    if (code === undefined) {
      const rows = failureCodes.map((each) => ({ code: each, means: meanings[each] }));
      const widest = Math.max(...failureCodes.map((each) => each.length));
      const lines = rows.map(({ code: each, means }) => `${each.padEnd(widest)}  ${means}`);
      return { isFine: true, lines, json: { codes: rows } };
    }
    const known = failureCodes.find((each) => each === code);
    const entry = readEntry(code) ?? (known === undefined ? undefined : entryOf(known));
    if (entry === undefined) {
      throw new UsageError(`${quoteWord(code)} is no code; codes: ${failureCodes.join(', ')}`);
    }
    const url = `${runbookUrlOf(options, context)}#${code}`;
    return { isFine: true, lines: [code, '', entry, '', url], json: { code, entry, url } };
  },
});

/** The entry below its heading in the clone's runbook. */
function readEntry(code: string): string | undefined {
  if (!existsSync(runbookFile) || !/^[a-z_-]+$/.test(code)) return undefined;
  const [, ...entries] = readFileSync(runbookFile, 'utf8').split(/^## /m);
  const entry = entries.find((each) => each.startsWith(`${code}\n`));
  return entry
    ?.slice(code.length)
    .replace(/\*\*(.+?)\*\*/g, '$1')
    .replace(/^ {4}(npx .*)$/gm, '`$1`')
    .trim();
}

function entryOf(code: FailureCode): string {
  const { nextTry } = failureRow(code);
  return `Do. ${remedyFor(code, '<connection>')}\n\nMeans. ${meanings[code]}\n\nNext try: ${nextTry}.\n\nOver when \`${ownProgram} status\` shows no incident.`;
}

/** Where the stage says that its runbook is; a stage that cannot be chosen is no reason to show nothing. */
function runbookUrlOf(options: PlaceOptions, { workingFolder, variables }: Context): string {
  try {
    return chooseTarget(options, workingFolder, variables).stage?.runbookUrl ?? 'docs/runbook.md';
  } catch {
    return 'docs/runbook.md';
  }
}
