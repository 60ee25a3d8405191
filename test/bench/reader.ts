import { argv, exit, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { type DayFigures, dayPlan, simulateDay } from './reader-day.ts';
import { measureGetCost } from './reader-get-cost.ts';

/**
 * The reader against what apps would use instead, for a simulated day, and what a cached `get()` costs.
 *
 *     npm run build && node test/bench/reader.ts            about four minutes
 *     node test/bench/reader.ts --calls-per-second 1        the same day with fewer calls, about two
 *     node test/bench/reader.ts --json                      figures only
 */
const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    'calls-per-second': { type: 'string', default: '100' },
    hours: { type: 'string', default: '24' },
    json: { type: 'boolean', default: false },
  },
});
const callsPerSecond = Number(values['calls-per-second']);
const hours = Number(values.hours);

const getCost = await measureGetCost();
const wanted = { callsPerSecond, from: 0, to: hours * 3600 };
// The one that may ask has a day of its own: the refresh that it asks for would spare the others the killed token.
const day = [
  ...(await simulateDay({ ...wanted, choose: ({ mayAsk }) => mayAsk })),
  ...(await simulateDay({ ...wanted, choose: ({ mayAsk }) => !mayAsk })),
];
if (values.json) {
  stdout.write(`${JSON.stringify({ get_cost_ns: getCost, calls_per_second: callsPerSecond, hours, day })}\n`);
} else {
  const at = (second: number) => new Date(second * 1000).toISOString().slice(11, 19);
  stdout.write(
    [
      `a cached get(): ${getCost.cachedGet.toFixed(0)} ns, ${getCost.difference.toFixed(0)} ns above a resolved promise`,
      '',
      `${hours} simulated hours at ${callsPerSecond} calls a second; Zoho ends a token at ${at(dayPlan.killAt)}, Secrets Manager`,
      `fails from ${at(dayPlan.faultFrom)} to ${at(dayPlan.faultTo)}; the refresher is the real bundle`,
      '',
      ...table(day),
      '',
    ].join('\n'),
  );
}
// One of the libraries leaves a timer behind.
exit(0);

function table(figures: readonly DayFigures[]): string[] {
  const rows = [
    ['', 'reads of the secret', 'calls with an expired token', 'with the killed token', 'failed calls'],
    ...figures.map((each) => [
      each.name,
      ...[each.reads, each.expiredHandedOut, each.killedHandedOut, each.failedCalls].map((count) =>
        count.toLocaleString('en'),
      ),
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
}
