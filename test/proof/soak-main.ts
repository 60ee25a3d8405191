import { argv, exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { renderTable, writeSection } from '../simulation/document.ts';
import { startProgress } from '../simulation/progress.ts';
import { type Soaked, soak, summarize } from './soak.ts';

const help = `npm run soak: npm start with a tick every second, watched from outside

  npm run soak                      an hour, written to docs/reliability.md
  npm run soak -- --minutes 5       so long
  npm run soak -- --print           printed only
`;

/** Growth that is no leak: the stand-ins keep a list of every call. */
const mostGrowthMegabytesPerHour = 60;

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
  const { megabytes, sockets } = summarize(soaked);
  const growth = ((megabytes[1] - megabytes[0]) * 60) / minutes;
  const isLevel = growth <= mostGrowthMegabytesPerHour && sockets[1] <= sockets[0] + 2;
  return isLevel && soaked.failedTicks === 0 ? 0 : 1;
}

function describe(soaked: Soaked): string {
  const { megabytes, mostMegabytes, sockets, mostSockets, tickMilliseconds } = summarize(soaked);
  const round = (value: number) => Math.round(value);
  return [
    `${soaked.minutes} minutes of real time, ${soaked.ticks} ticks (one every ${soaked.intervalSeconds} s: 300 times the production rate), ${soaked.failedTicks} failed. \`npm run soak -- --minutes ${soaked.minutes}\``,
    '',
    renderTable(
      ['', 'second tenth', 'last tenth', 'most'],
      [
        ['resident memory (MB)', megabytes[0], megabytes[1], mostMegabytes],
        ['open sockets', sockets[0], sockets[1], mostSockets],
        [
          'a tick beyond its interval (ms, median)',
          round(tickMilliseconds[0]),
          round(tickMilliseconds[1]),
          round(Math.max(...soaked.gaps) - soaked.intervalSeconds * 1_000),
        ],
      ],
    ),
  ].join('\n');
}

main().then(exit, (fault: unknown) => {
  stderr.write(`${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
  exit(2);
});
