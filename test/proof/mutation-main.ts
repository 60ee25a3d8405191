import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { argv, exit, stderr, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { reportFile, writeMutationReport } from './mutation-report.ts';

const help = `npm run mutate: changes the pure files of the Lambda one at a time, and counts which changes the unit tests notice

  npm run mutate                       all of them, written to docs/reliability.md (about half an hour)
  npm run mutate -- -m lambda/due.ts   one file, printed by Stryker only
`;

function main(): number {
  if (argv.includes('--help')) {
    stdout.write(help);
    return 0;
  }
  const rest = argv.slice(2);
  // The report of an earlier run must not pass for this one's.
  rmSync(reportFile, { force: true });
  const stryker = fileURLToPath(new URL('../../node_modules/.bin/stryker', import.meta.url));
  const { status } = spawnSync(stryker, ['run', ...rest], { stdio: 'inherit' });
  if (!existsSync(reportFile)) {
    stderr.write('Stryker wrote no report; its message stands above\n');
    return status ?? 2;
  }
  return rest.length > 0 ? (status ?? 2) : writeMutationReport();
}

exit(main());
