import { existsSync, readFileSync } from 'node:fs';
import { lifeAlarmName, refresherAlarmName, refresherAlarmSubjects } from '../../infra/alarm-names.ts';
import { failureCodes, failureRow } from '../../lambda/failure.ts';
import { type Context, command, ownProgram, type PlaceOptions } from '../command.ts';
import { UsageError, unknownWord } from '../faults.ts';
import { chooseTarget } from '../place/choose-stage.ts';
import { meanings, remedyFor } from '../remedies.ts';

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

/** The clone's own; the installed package has the table of failures alone. */
const runbookFile = new URL('../../docs/runbook.md', import.meta.url);

/** CloudWatch's alarms as the runbook names them, e.g. `zoho/refresher/heartbeat`. */
const alarmNames = [
  ...refresherAlarmSubjects.map((subject) => refresherAlarmName('zoho', subject)),
  lifeAlarmName('zoho', '<connection>'),
];

/** What there is an entry for: the codes of alerts, and the last word of each alarm's name. */
export const runbookTopics: readonly { readonly code: string; readonly means: string }[] = [
  ...failureCodes.map((code) => ({ code, means: meanings[code] })),
  ...alarmNames.map((name) => ({ code: lastWord(name), means: `CloudWatch's alarm ${name}.` })),
];

/** The entry of the runbook for a code or an alarm's name, whole or its last word, and the heading as links name it. */
export function findRunbookEntry(word: string): { entry: string; anchor: string } | undefined {
  const alarm = alarmNames.find((name) => lastWord(name) === lastWord(word));
  const heading = alarm === undefined ? word : `\`${alarm}\``;
  const code = failureCodes.find((each) => each === word);
  const entry = readEntry(heading) ?? (code === undefined ? undefined : describe(code));
  return entry === undefined ? undefined : { entry, anchor: heading.toLowerCase().replace(/[^\w-]/g, '') };
}

function readEntry(heading: string): string | undefined {
  if (!existsSync(runbookFile)) return undefined;
  const [, ...entries] = readFileSync(runbookFile, 'utf8').split(/^##+ /m);
  const entry = entries.find((each) => each.startsWith(`${heading}\n\n`));
  return entry
    ?.slice(heading.length)
    .replace(/\*\*(.+?)\*\*/g, '$1')
    .replace(/^ {4}(npx .*)$/gm, '`$1`')
    .trim();
}

function describe(code: (typeof failureCodes)[number]): string {
  return [
    `Do. ${remedyFor(code, '<connection>')}`,
    `Means. ${meanings[code]}`,
    `Next try: ${failureRow(code).nextTry}.`,
    `Over when \`${ownProgram} status\` shows no incident.`,
  ].join('\n\n');
}

function lastWord(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
