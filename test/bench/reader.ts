import { simulateDay } from './reader-day.ts';
import { type BenchOptions, type Findings, judged, shown } from './row.ts';

const mostReadsADay = 1_500;

/** The reader that apps import, against what they would use instead: a simulated day. */
export async function benchReader({ progress }: BenchOptions): Promise<Findings> {
  progress('reader: a simulated day, about a minute');
  const wanted = { from: 0, to: 86_400 };
  // The one that may ask has a day of its own: the refresh that it asks for would spare the others the killed token.
  const day = [
    ...(await simulateDay({ ...wanted, choose: ({ mayAsk }) => mayAsk === true })),
    ...(await simulateDay({ ...wanted, choose: ({ mayAsk }) => mayAsk !== true })),
  ];
  const rows = day.map(({ name, reads, expired, killed, failed }) => {
    const title = `reader, 24 hours at a call a second: ${name}`;
    const figures = {
      'reads of the secret': reads,
      'calls with an expired token': expired,
      'with the killed token': killed,
    };
    const figure = Object.entries({ ...figures, 'failed calls': failed })
      .map(([what, count]) => `${count.toLocaleString('en')} ${what}`)
      .join(', ');
    if (!name.startsWith('this reader')) return shown(title, figure);
    const target = `at most ${mostReadsADay} reads, 0 calls with an expired token`;
    return judged(title, target, figure, expired === 0 && reads <= mostReadsADay);
  });
  return { rows };
}
