import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderTable } from './document.ts';
import type { Prove } from './proof.ts';

/** What of Stryker's report is needed here. */
type Report = {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly mutants: readonly {
          readonly status: string;
          readonly mutatorName: string;
          readonly replacement?: string;
          readonly location: { readonly start: { readonly line: number } };
        }[];
      }
    >
  >;
};

/** Where Stryker writes what it found. */
const reportFile = new URL('../../dist/mutation.json', import.meta.url);
const noticed = new Set(['Killed', 'Timeout']);
const counted = new Set([...noticed, 'Survived', 'NoCoverage']);

/** The least score, in percent. */
const enough = 90;

/** Lets Stryker change the pure files of the Lambda one place at a time; it shows its own progress. */
export const prove: Prove = async ({ only }) => {
  // The report of an earlier run must not pass for this one's.
  rmSync(reportFile, { force: true });
  const stryker = fileURLToPath(new URL('../../node_modules/.bin/stryker', import.meta.url));
  spawnSync(stryker, ['run', ...(only === undefined ? [] : ['-m', only])], { stdio: ['ignore', 2, 2] });
  if (!existsSync(reportFile)) throw new Error('Stryker wrote no report; its message stands above');
  const { files } = JSON.parse(readFileSync(reportFile, 'utf8')) as Report;
  let [allNoticed, all] = [0, 0];
  const survivors: string[] = [];
  const rows = Object.entries(files).map(([name, { mutants }]) => {
    const own = mutants.filter(({ status }) => counted.has(status));
    const killed = own.filter(({ status }) => noticed.has(status)).length;
    allNoticed += killed;
    all += own.length;
    for (const { status, mutatorName, replacement = '', location } of own) {
      if (noticed.has(status)) continue;
      const shown = replacement.replace(/\s+/g, ' ').slice(0, 60);
      survivors.push(`- \`${name}:${location.start.line}\` ${mutatorName}: \`${shown || '(nothing)'}\``);
    }
    return [`\`${name}\``, own.length, killed, percent(killed, own.length)];
  });
  const score = percent(allNoticed, all);
  return {
    sum: `${all} changes to ${rows.length} files, ${allNoticed} noticed: ${score} %`,
    broken: score >= enough ? [] : [`broken: ${score} % of the changes were noticed, at least ${enough} % must be`],
    details: `${renderTable(['file', 'changes', 'noticed', '%'], rows)}\n\nNoticed by no test:\n\n${survivors.join('\n')}`,
  };
};

function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.round((1_000 * part) / whole) / 10;
}
