import { writeFileSync } from 'node:fs';
import { argv, exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { renderTable, writeSection } from '../document.ts';
import { drawMonth } from '../plot.ts';
import { startProgress } from '../progress.ts';
import { type Comparison, compareAvailability, compareSilences, reportedSilences } from './availability.ts';
import type { Month } from './ledger.ts';
import { shortestSilence } from './month-stage.ts';

const help = `npm run availability: the same 30 simulated days under this system and under what people do instead

  npm run availability                       seed 1, written to docs/reliability.md and docs/availability.svg
  npm run availability -- --seed 2 --print   another month, printed only
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      seed: { type: 'string', default: '1' },
      days: { type: 'string', default: '30' },
      print: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    stdout.write(help);
    return 0;
  }
  const [seed, days] = [Number(values.seed), Number(values.days)];
  const progress = startProgress('availability', 14 + reportedSilences.length);
  const strict = await compareAvailability(seed, days, shortestSilence, (done) => progress.show(done));
  const mild = await compareAvailability(seed, days, 'mild', (done) => progress.show(7 + done));
  const silences = await compareSilences(seed, days, (done) => progress.show(14 + done));
  progress.end();
  const text = describe(strict, mild, silences);
  stdout.write(`${text}\n`);
  if (values.print) return 0;
  writeSection('availability', text);
  writeFileSync(new URL('../../../docs/availability.svg', import.meta.url), drawMonth(strict));
  return 0;
}

function describe(
  strict: Comparison,
  mild: Comparison,
  silences: Awaited<ReturnType<typeof compareSilences>>,
): string {
  const { seed, days, outages, months, optimum, wakings, stretches } = strict;
  const row = (month: Month, index: number) => [
    month.name,
    Math.round(month.minutesWithout),
    Math.round(month.avoidableMinutes),
    Math.round(month.longestAvoidable),
    Math.round(mild.months[index]?.minutesWithout ?? mild.optimum.minutesWithout),
    month.badTokens,
    month.tokenRequests,
    month.mostRequestsInTenMinutes,
    month.alerts,
  ];
  const avoidable = new Map<string, number[]>();
  for (const { after, minutes } of stretches)
    avoidable.set(after, [...(avoidable.get(after) ?? []), minutes]);
  return [
    `Seed ${seed}, ${days} days, ${outages.length} outages; one app call every minute. \`npm run availability -- --seed ${seed}\``,
    '',
    renderTable(
      [
        '',
        'minutes without a token',
        'of these avoidable',
        'longest avoidable stretch',
        'minutes without, mild throttle',
        'bad tokens published',
        'token requests',
        'most in 10 minutes',
        'alerts',
      ],
      [...months.map(row), row(optimum, months.length)],
    ),
    '',
    '![Minutes without a usable token, added up over the month](availability.svg)',
    '',
    'Where this system was without a token although Zoho would have given one (minutes, by what came before):',
    '',
    renderTable(
      ['after', 'stretches', 'longest'],
      [...avoidable].map(([after, lengths]) => [after, lengths.length, Math.max(...lengths)]),
    ),
    '',
    'This system, where a block of Zoho ends only after a longer silence:',
    '',
    renderTable(
      [
        'silence',
        'minutes without a token',
        'longest stretch in which somebody silent would have got one',
        'token requests',
        'alerts',
      ],
      silences.map(({ silence, month }) => [
        `${silence} minutes`,
        Math.round(month.minutesWithout),
        Math.round(month.longestAvoidable),
        month.tokenRequests,
        month.alerts,
      ]),
    ),
    '',
    'What woke somebody:',
    '',
    renderTable(
      ['outage', 'how many', 'opened an incident', 'codes'],
      [...new Set(outages.map(({ name }) => name))].map((name) => {
        const woken = wakings.filter(({ outage }) => outage?.name === name);
        const codes = [...new Set(woken.map(({ code }) => code))];
        const count = outages.filter((outage) => outage.name === name).length;
        return [name, count, woken.length, codes.join(', ') || '-'];
      }),
    ),
  ].join('\n');
}

main().then(exit, (fault: unknown) => {
  stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
  exit(2);
});
