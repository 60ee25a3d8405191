import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Prove } from './proof.ts';

/** What of Stryker's report is needed here. */
type Mutant = { status: string; mutatorName: string; replacement?: string; location: { start: { line: number } } };
type Report = { readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[] }>> };

/** Where Stryker writes what it found. */
const reportFile = new URL('../../dist/mutation.json', import.meta.url);

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
  const mutants = Object.entries(files).flatMap(([file, all]) => all.mutants.map((mutant) => ({ file, ...mutant })));
  const noticed = mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout').length;
  const survivors = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  const all = noticed + survivors.length;
  const score = all === 0 ? 100 : Math.round((1_000 * noticed) / all) / 10;
  const lines = survivors.map(({ file, mutatorName, replacement = '', location }) => {
    const shown = replacement.replace(/\s+/g, ' ').slice(0, 60);
    return `- \`${file}:${location.start.line}\` ${mutatorName}: \`${shown || '(nothing)'}\``;
  });
  return {
    sum: `${all} changes to ${Object.keys(files).length} files, ${noticed} noticed: ${score} %`,
    broken: score >= enough ? [] : [`broken: ${score} % of the changes were noticed, at least ${enough} % must be`],
    details: `Noticed by no test:\n\n${lines.join('\n')}`,
  };
};
