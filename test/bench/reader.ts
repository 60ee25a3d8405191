import { renderTable } from '../proof/document.ts';
import { simulateDay } from './reader-day.ts';
import { measureGetCost } from './reader-get-cost.ts';
import { atMost, type BenchOptions, type Findings, type Row, shown } from './row.ts';

const callsPerSecond = 100;
const mostReadsADay = 1_500;
const mostNanoseconds = 1_000;
const head = ['reads of the secret', 'calls with an expired token', 'with the killed token', 'failed calls'];

/** The reader that apps import, against what they would use instead: a simulated day, and what a cached `get()` costs. */
export async function benchReader({ progress }: BenchOptions): Promise<Findings> {
  progress('reader: a simulated day, about four minutes');
  const cost = await measureGetCost();
  const wanted = { callsPerSecond, from: 0, to: 86_400 };
  // The one that may ask has a day of its own: the refresh that it asks for would spare the others the killed token.
  const day = [
    ...(await simulateDay({ ...wanted, choose: ({ mayAsk }) => mayAsk })),
    ...(await simulateDay({ ...wanted, choose: ({ mayAsk }) => !mayAsk })),
  ];
  const columns = day.map(({ name, isOurs, ...each }) => ({
    name,
    isOurs,
    figures: [each.reads, each.expiredHandedOut, each.killedHandedOut, each.failedCalls],
    isMet: each.expiredHandedOut === 0 && each.reads <= mostReadsADay,
  }));
  const rows = columns.map(({ name, isOurs, figures, isMet }): Row => {
    const title = `reader, 24 hours at ${callsPerSecond} calls a second: ${name}`;
    const figure = head.map((what, index) => `${figures[index]?.toLocaleString('en')} ${what}`).join(', ');
    if (!isOurs) return shown(title, figure);
    const target = `at most ${mostReadsADay} reads, 0 calls with an expired token`;
    return { name: title, target, figure, verdict: isMet ? 'met' : 'missed' };
  });
  const title = 'reader: a cached get() above a resolved promise';
  return {
    rows: [atMost(title, cost, mostNanoseconds, (nanoseconds) => `${Math.round(nanoseconds)} ns`), ...rows],
    document: renderTable(
      [`a day at ${callsPerSecond} calls a second`, ...head],
      columns.map(({ name, figures }) => [name, ...figures]),
    ),
  };
}
