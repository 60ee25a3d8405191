import { type Context, command, type PlaceOptions } from '../command.ts';
import { UsageError } from '../faults.ts';
import { chooseTarget } from '../place/choose-stage.ts';
import { findRunbookEntry, runbookTopics } from '../runbook-entry.ts';
import { unknownWord } from '../spelling.ts';

export const runbook = command({
  name: 'runbook',
  summary: 'Shows what the code of an alert or an alarm means and what to do about it; needs no account',
  examples: [
    ['runbook invalid_code', 'one code'],
    ['runbook heartbeat', 'one of CloudWatch’s alarms, by the last word of its name'],
    ['runbook', 'all of them'],
  ],
  argument: ['[code]', 'as in the alert, e.g. invalid_code, or an alarm, e.g. heartbeat'],
  options: {},
  run: async ([code], options, context) => {
    const known = runbookTopics.map((each) => each.code);
    if (code === undefined) {
      const widest = Math.max(...known.map((each) => each.length));
      const lines = runbookTopics.map(({ code: each, means }) => `${each.padEnd(widest)}  ${means}`);
      return { isFine: true, lines, json: { codes: runbookTopics } };
    }
    const found = findRunbookEntry(code);
    if (found === undefined) throw new UsageError(unknownWord('code', code, known));
    const { entry, anchor } = found;
    const url = `${runbookUrlOf(options, context)}#${anchor}`;
    return { isFine: true, lines: [code, '', entry, '', url], json: { code, entry, url } };
  },
});

/** Where the stage says that its runbook is; the repository's file if no stage can be chosen. */
function runbookUrlOf(options: PlaceOptions, { workingFolder, variables }: Context): string {
  try {
    return chooseTarget(options, workingFolder, variables).stage?.runbookUrl ?? 'docs/runbook.md';
  } catch {
    return 'docs/runbook.md';
  }
}
