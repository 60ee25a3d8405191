import { simulateDay } from './reader-day.ts';
import { type BenchOptions, type Findings, type Row, shown } from './row.ts';

const callsPerSecond = 100;
const mostReadsADay = 1_500;

/** The reader that apps import, against what they would use instead: a simulated day. */
export async function benchReader({ progress }: BenchOptions): Promise<Findings> {
  progress('reader: a simulated day, about four minutes');
  const wanted = { callsPerSecond, from: 0, to: 86_400 };
  // The one that may ask has a day of its own: the refresh that it asks for would spare the others the killed token.
  const day = [
    ...(await simulateDay({ ...wanted, choose: ({ mayAsk }) => mayAsk })),
    ...(await simulateDay({ ...wanted, choose: ({ mayAsk }) => !mayAsk })),
  ];
  const rows = day.map(({ name, isOurs, reads, expiredHandedOut, killedHandedOut, failedCalls }): Row => {
    const title = `reader, 24 hours at ${callsPerSecond} calls a second: ${name}`;
    const shownAs = (count: number, what: string) => `${count.toLocaleString('en')} ${what}`;
    const figure = [
      shownAs(reads, 'reads of the secret'),
      shownAs(expiredHandedOut, 'calls with an expired token'),
      shownAs(killedHandedOut, 'with the killed token'),
      shownAs(failedCalls, 'failed calls'),
    ].join(', ');
    if (!isOurs) return shown(title, figure);
    const target = `at most ${mostReadsADay} reads, 0 calls with an expired token`;
    const isMet = expiredHandedOut === 0 && reads <= mostReadsADay;
    return { name: title, target, figure, verdict: isMet ? 'met' : 'missed' };
  });
  return { rows, document: '' };
}
