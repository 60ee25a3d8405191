import { argv, exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { renderTable, writeSection } from '../simulation/document.ts';
import { startProgress } from '../simulation/progress.ts';
import { type Soaked, soak } from './soak.ts';
import { faultsOf, summarize } from './soak-verdict.ts';

const help = `npm run soak: npm start with a tick every second, read by apps all the while and watched from outside

  npm run soak                      an hour, written to docs/reliability.md
  npm run soak -- --minutes 5       so long
  npm run soak -- --print           printed only
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      minutes: { type: 'string', default: '60' },
      interval: { type: 'string', default: '1' },
      print: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    stdout.write(help);
    return 0;
  }
  const minutes = Number(values.minutes);
  const progress = startProgress('soak', Math.round(minutes * 60));
  const soaked = await soak({
    minutes,
    intervalSeconds: Number(values.interval),
    onSample: ({ second, residentMegabytes, sockets, ticks }) =>
      progress.show(second, `${ticks} ticks, ${residentMegabytes} MB, ${sockets} sockets`),
  });
  progress.end();
  const text = describe(soaked);
  stdout.write(`${text}\n`);
  if (!values.print) writeSection('soak', text);
  const faults = faultsOf(soaked);
  for (const fault of faults) stderr.write(`${fault}\n`);
  return faults.length === 0 ? 0 : 1;
}

function describe(soaked: Soaked): string {
  const { megabytes, residentMegabytes, sockets, tickMilliseconds, driftMilliseconds } = summarize(soaked);
  const faults = faultsOf(soaked);
  const figures = ({ early, middle, late, most }: typeof megabytes) =>
    [early, middle, late, most].map((value) => Math.round(value));
  return [
    `${soaked.minutes} minutes of real time, ${soaked.ticks} ticks (one every ${soaked.intervalSeconds} s: 300 times the production rate), ${soaked.failedTicks} failed; ${soaked.readerCalls} calls of ten readers and ${soaked.secretReads} plain reads of the secrets, ${soaked.loadFaults.length} failed. ${faults.length === 0 ? 'Memory and sockets are level, and no timer drifts.' : `It fell short: ${faults.join('; ')}.`} \`npm run soak -- --minutes ${soaked.minutes}\``,
    '',
    renderTable(
      ['', 'second tenth', 'middle', 'last tenth', 'most'],
      [
        ['heap after collection (MB)', ...figures(megabytes)],
        ['resident memory (MB)', ...figures(residentMegabytes)],
        ['open sockets', ...figures(sockets)],
        ['a tick beyond its interval (ms, median)', ...figures(tickMilliseconds)],
        ['all ticks together beyond their schedule (ms)', ...figures(driftMilliseconds)],
      ],
    ),
  ].join('\n');
}

main().then(exit, (fault: unknown) => {
  stderr.write(`${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
  exit(2);
});
