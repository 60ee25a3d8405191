import { renderTable } from './document.ts';
import { type Prove, startProgress } from './proof.ts';
import { intervalSeconds, type Soaked, soak } from './soak.ts';

/** Of the ticks that the time allows, this share must have come. */
const leastTicks = 0.97;
/** Above its interval, a tick in the middle of all may come this late. */
const mostLatenessMilliseconds = 20;
/** How far the sum of all that came late or early may have moved: less than a tick, or the schedule has slipped. */
const mostDriftMilliseconds = 500;
/**
 * What may be measured differently from one time to the next. The page's history is full after 1,440 ticks, 24 minutes of a
 * tick a second: in the second half of an hour nothing may add up.
 */
const noise = { heapMegabytes: 2, residentMegabytes: 16, sockets: 4 };

/** The soak in a few figures: its second tenth, when it is warm, against its last. */
function summarize({ samples, gaps }: Pick<Soaked, 'samples' | 'gaps'>) {
  // What a tick takes beyond the interval would grow if timers drifted or work piled up.
  const lateness = gaps.map((gap) => gap - intervalSeconds * 1_000);
  // How far the ticks have moved from a schedule that begins with the first.
  let drift = 0;
  const drifts = lateness.map((milliseconds) => {
    drift += milliseconds;
    return drift;
  });
  return [
    ['heap after collection (MB)', figuresOf(samples.map((sample) => sample.heapMegabytes))],
    ['resident memory (MB)', figuresOf(samples.map((sample) => sample.residentMegabytes))],
    ['open sockets', figuresOf(samples.map((sample) => sample.sockets))],
    ['a tick beyond its interval (ms, median)', figuresOf(lateness)],
    ['all ticks together beyond their schedule (ms)', figuresOf(drifts)],
  ] as const;
}

function figuresOf(values: readonly number[]) {
  const tenth = Math.max(1, Math.floor(values.length / 10));
  return {
    early: median(values.slice(tenth, 2 * tenth)),
    middle: median(values.slice(-6 * tenth, -5 * tenth)),
    late: median(values.slice(-tenth)),
    most: Math.max(...values),
  };
}

/** What speaks against a soak; nothing if it was passed. */
export function faultsOf(soaked: Soaked): string[] {
  const [[, heap], [, resident], [, sockets], [, lateness], [, drift]] = summarize(soaked);
  const { seconds, minutes, ticks, failedTicks, exitCode, loadFaults } = soaked;
  const expectedTicks = Math.floor((minutes * 60) / intervalSeconds);
  // Warming up may take memory; what is still taken in the second half would go on being taken.
  const growth = ({ middle, late }: typeof heap) => late - middle;
  const moved = drift.late - drift.early;
  const checks: readonly (readonly [isFault: boolean, what: string])[] = [
    [exitCode === undefined, `the program ended by itself after ${Math.round(seconds)} s`],
    [exitCode !== undefined && exitCode !== 0, `told to stop, the program ended with ${exitCode}`],
    [ticks < leastTicks * expectedTicks, `${ticks} ticks came of ${expectedTicks}`],
    [failedTicks > 0, `${failedTicks} ticks failed`],
    [soaked.readerCalls === 0 || soaked.secretReads === 0, 'nothing was read meanwhile'],
    [loadFaults.length > 0, `${loadFaults.length} reads failed, the first: ${loadFaults[0]}`],
    [growth(heap) > noise.heapMegabytes, 'the heap grew in the second half'],
    [growth(resident) > noise.residentMegabytes, 'resident memory grew in the second half'],
    [growth(sockets) > noise.sockets, 'the number of open sockets grew in the second half'],
    [lateness.late > mostLatenessMilliseconds, `ticks come ${Math.round(lateness.late)} ms late`],
    [Math.abs(moved) > mostDriftMilliseconds, `the schedule drifted by ${Math.round(moved)} ms`],
  ];
  return checks.flatMap(([isFault, what]) => (isFault ? [what] : []));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Runs `npm start` with a tick every second, read by apps all the while and watched from outside. */
export const prove: Prove = async ({ runs: minutes = 0 }) => {
  const show = startProgress('soak', minutes * 60);
  const soaked = await soak(minutes, ({ second, residentMegabytes, sockets, ticks }) =>
    show(second, `${ticks} ticks, ${residentMegabytes} MB, ${sockets} sockets`),
  );
  return {
    sum: `${soaked.ticks} ticks, one every ${intervalSeconds} s, ${soaked.failedTicks} failed; ${soaked.readerCalls} calls of ten readers and ${soaked.secretReads} plain reads, ${soaked.loadFaults.length} failed`,
    broken: faultsOf(soaked).map((fault) => `broken: ${fault}`),
    figures: renderTable(
      ['', 'second tenth', 'middle', 'last tenth', 'most'],
      summarize(soaked).map(([label, { early, middle, late, most }]) => [
        label,
        ...[early, middle, late, most].map(Math.round),
      ]),
    ),
  };
};
