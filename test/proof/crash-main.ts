import { argv, exit, stderr, stdout } from 'node:process';
import { renderTable, writeSection } from '../simulation/document.ts';
import { shownDuration, startProgress } from '../simulation/progress.ts';
import { allKills, type KillResult, playKill, scenarios } from './crash.ts';

const help = `npm run crash: the bundle in a process of its own, killed with SIGKILL at each of its outbound calls

  npm run crash               written to docs/reliability.md
  npm run crash -- --print    printed only
`;

async function main(): Promise<number> {
  if (argv.includes('--help')) {
    stdout.write(help);
    return 0;
  }
  const startedAt = performance.now();
  const kills = await allKills();
  const progress = startProgress('kills', kills.length);
  const results: KillResult[] = [];
  for (const kill of kills) {
    results.push(await playKill(kill));
    progress.show(results.length);
  }
  progress.end();
  const broken = results.filter((result) => result.broken.length > 0);
  for (const result of broken) {
    stdout.write(
      `broken: ${result.scenario}, call ${result.call} (${result.at}), ${result.when}: ${result.broken.join('; ')}\n`,
    );
  }
  const rows = scenarios.map((scenario) => {
    const own = results.filter((result) => result.scenario === scenario);
    const repeats = own.filter(
      ({ alerts }) => alerts.filter((state) => state === 'open' || state === 'resolved').length > 2,
    ).length;
    return [scenario, own.length, own.filter((result) => result.broken.length > 0).length, repeats];
  });
  const sum = `${kills.length} kills, ${broken.length} of them broke an invariant (${shownDuration(performance.now() - startedAt)})`;
  stdout.write(`${sum}\n`);
  const table = renderTable(
    ['killed while it does', 'kills', 'broke an invariant', 'repeated an alert'],
    rows,
  );
  if (!argv.includes('--print')) writeSection('crash', `${sum}. \`npm run crash\`\n\n${table}`);
  return broken.length === 0 ? 0 : 1;
}

main().then(exit, (fault: unknown) => {
  stderr.write(`${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
  exit(2);
});
