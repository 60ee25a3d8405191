import {
  type Comparison,
  compareAvailability,
  compareSilences,
  reportedSilences,
} from '../simulation/availability/availability.ts';
import type { Month } from '../simulation/availability/ledger.ts';
import { shortestSilence } from '../simulation/availability/month-stage.ts';
import { drawMonth } from '../simulation/plot.ts';
import { renderTable } from './document.ts';
import { startProgress } from './progress.ts';
import type { Prove } from './proof.ts';

/** Plays the same days under this system and under what people do instead. */
export const prove: Prove = async ({ runs: days = 30, seed }) => {
  const progress = startProgress('availability', 14 + reportedSilences.length);
  const strict = await compareAvailability(seed, days, shortestSilence, (done) => progress.show(done));
  const mild = await compareAvailability(seed, days, 'mild', (done) => progress.show(7 + done));
  const silences = await compareSilences(seed, days, (done) => progress.show(14 + done));
  progress.end();
  const [own] = strict.months;
  return {
    sum: `${days} days with ${strict.outages.length} outages, an app call every minute; this system was ${minutes(own?.minutesWithout)} minutes without a token, ${minutes(own?.avoidableMinutes)} of them avoidable`,
    broken:
      own?.badTokens === 0 && own.mostRequestsInTenMinutes <= 5
        ? []
        : ['broken: a bad token was published, or a limit of Zoho was neared'],
    figures: [
      renderTable(
        ['', 'minutes without a token', 'of these avoidable', 'bad tokens published', 'alerts'],
        [...strict.months, strict.optimum].map((month) => [
          month.name,
          minutes(month.minutesWithout),
          minutes(month.avoidableMinutes),
          month.badTokens,
          month.alerts,
        ]),
      ),
      'This system alone, if a block of Zoho ends only after a longer silence:',
      silencesTable(silences),
    ].join('\n\n'),
    details: describe(strict, mild),
    drawings: { 'availability.svg': drawMonth(strict) },
  };
};

const minutes = (value = 0) => Math.round(value);

function silencesTable(silences: Awaited<ReturnType<typeof compareSilences>>): string {
  return renderTable(
    ['silence (minutes)', 'minutes without a token', 'longest avoidable stretch', 'token requests', 'alerts'],
    silences.map(({ silence, month }) => [
      silence,
      minutes(month.minutesWithout),
      minutes(month.longestAvoidable),
      month.tokenRequests,
      month.alerts,
    ]),
  );
}

function describe({ outages, months, optimum, wakings, stretches }: Comparison, mild: Comparison): string {
  const requests = (
    { name, longestAvoidable, tokenRequests, mostRequestsInTenMinutes }: Month,
    index: number,
  ) => [
    name,
    minutes(longestAvoidable),
    minutes((mild.months[index] ?? mild.optimum).minutesWithout),
    tokenRequests,
    mostRequestsInTenMinutes,
  ];
  const lengths = (cause: string) =>
    stretches.flatMap(({ after, minutes: long }) => (after === cause ? [long] : []));
  return [
    renderTable(
      [
        '',
        'longest avoidable stretch',
        'minutes without, mild throttle',
        'token requests',
        'most in 10 minutes',
      ],
      [...months, optimum].map(requests),
    ),
    'Where this system was without a token although Zoho would have given one (minutes, by what came before):',
    renderTable(
      ['after', 'stretches', 'longest'],
      [...new Set(stretches.map(({ after }) => after))].map((after) => [
        after,
        lengths(after).length,
        Math.max(...lengths(after)),
      ]),
    ),
    'What woke somebody:',
    renderTable(
      ['outage', 'how many', 'opened an incident', 'codes'],
      [...new Set(outages.map(({ name }) => name))].map((name) => {
        const woken = wakings.filter(({ outage }) => outage?.name === name);
        const codes = [...new Set(woken.map(({ code }) => code))];
        return [
          name,
          outages.filter((outage) => outage.name === name).length,
          woken.length,
          codes.join(', ') || '-',
        ];
      }),
    ),
  ].join('\n\n');
}
