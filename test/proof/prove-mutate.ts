import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderTable } from './document.ts';
import type { Prove } from './proof.ts';

/** What of Stryker's report is needed here. */
type Mutant = { status: string; mutatorName: string; replacement?: string; location: { start: { line: number } } };
type Report = { readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[] }>> };

/** Where Stryker writes what it found. */
const reportFile = new URL('../../dist/mutation.json', import.meta.url);
const noticed = ['Killed', 'Timeout'];
const unnoticed = ['Survived', 'NoCoverage'];

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
  const survivors: string[] = [];
  const rows = Object.entries(files).map(([name, { mutants }]) => {
    const killed = mutants.filter(({ status }) => noticed.includes(status)).length;
    const survived = mutants.filter(({ status }) => unnoticed.includes(status));
    for (const { mutatorName, replacement = '', location } of survived) {
      const shown = replacement.replace(/\s+/g, ' ').slice(0, 60);
      survivors.push(`- \`${name}:${location.start.line}\` ${mutatorName}: \`${shown || '(nothing)'}\``);
    }
    return { name, all: killed + survived.length, killed };
  });
  const all = rows.reduce((sum, row) => sum + row.all, 0);
  const score = percent(all - survivors.length, all);
  const table = rows.map((row) => [`\`${row.name}\``, row.all, row.killed, percent(row.killed, row.all)]);
  return {
    sum: `${all} changes to ${rows.length} files, ${all - survivors.length} noticed: ${score} %`,
    broken: score >= enough ? [] : [`broken: ${score} % of the changes were noticed, at least ${enough} % must be`],
    details: `${renderTable(['file', 'changes', 'noticed', '%'], table)}\n\nNoticed by no test:\n\n${survivors.join('\n')}`,
  };
};

function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.round((1_000 * part) / whole) / 10;
}
