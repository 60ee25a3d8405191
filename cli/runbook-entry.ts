import { existsSync, readFileSync } from 'node:fs';
import { lifeAlarmName, refresherAlarmName, refresherAlarmSubjects } from '../infra/alarm-names.ts';
import { failureCodes, failureRow } from '../lambda/failure.ts';
import { ownProgram } from './own-program.ts';
import { meanings, remedyFor } from './remedies.ts';

/** The clone's own; the installed package has the table of failures alone. */
const runbookFile = new URL('../docs/runbook.md', import.meta.url);

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

/**
 * What the runbook says about a code or an alarm.
 *
 * @param word - A code, e.g. `invalid_code`, or an alarm's name, whole or its last word.
 * @returns The entry and its heading as links name it; `undefined` if there is none.
 */
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
