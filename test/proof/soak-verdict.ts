import type { Soaked } from './soak.ts';

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
export function summarize({ samples, gaps, intervalSeconds }: Soaked) {
  const lateness = gaps.map((gap) => gap - intervalSeconds * 1_000);
  let drift = 0;
  const drifts = lateness.map((milliseconds) => {
    drift += milliseconds;
    return drift;
  });
  const figures = (values: readonly number[]) => {
    const tenth = Math.max(1, Math.floor(values.length / 10));
    return {
      early: median(values.slice(tenth, 2 * tenth)),
      middle: median(values.slice(-6 * tenth, -5 * tenth)),
      late: median(values.slice(-tenth)),
      most: Math.max(...values),
    };
  };
  return {
    megabytes: figures(samples.map((sample) => sample.heapMegabytes)),
    residentMegabytes: figures(samples.map((sample) => sample.residentMegabytes)),
    sockets: figures(samples.map((sample) => sample.sockets)),
    /** What a tick takes beyond the interval: it would grow if timers drifted or work piled up. */
    tickMilliseconds: figures(lateness),
    /** How far the ticks have moved from a schedule that begins with the first. */
    driftMilliseconds: figures(drifts),
  };
}

/** What speaks against a soak; nothing where it was passed. */
export function faultsOf(soaked: Soaked): string[] {
  const { megabytes, residentMegabytes, sockets, tickMilliseconds, driftMilliseconds } = summarize(soaked);
  const { seconds, minutes, ticks, failedTicks, intervalSeconds, exitCode, loadFaults } = soaked;
  const expectedTicks = Math.floor((minutes * 60) / intervalSeconds);
  const faults: string[] = [];
  if (exitCode === undefined) faults.push(`the program ended by itself after ${Math.round(seconds)} s`);
  else if (exitCode !== 0) faults.push(`told to stop, the program ended with ${exitCode}`);
  if (ticks < leastTicks * expectedTicks) faults.push(`${ticks} ticks came of ${expectedTicks}`);
  if (failedTicks > 0) faults.push(`${failedTicks} ticks failed`);
  if (soaked.readerCalls === 0 || soaked.secretReads === 0) faults.push('nothing was read meanwhile');
  if (loadFaults.length > 0) faults.push(`${loadFaults.length} reads failed, the first: ${loadFaults[0]}`);
  // Warming up may take memory; what is still taken in the second half would go on being taken.
  const grows = ({ middle, late }: typeof megabytes, most: number, what: string) => {
    if (late > middle + most)
      faults.push(`${what} grew from ${round(middle)} to ${round(late)} in the second half`);
  };
  grows(megabytes, noise.heapMegabytes, 'the heap in MB');
  grows(residentMegabytes, noise.residentMegabytes, 'resident memory in MB');
  grows(sockets, noise.sockets, 'open sockets');
  if (tickMilliseconds.late > mostLatenessMilliseconds)
    faults.push(`ticks come ${Math.round(tickMilliseconds.late)} ms late`);
  const moved = driftMilliseconds.late - driftMilliseconds.early;
  if (Math.abs(moved) > mostDriftMilliseconds) faults.push(`the schedule drifted by ${Math.round(moved)} ms`);
  return faults;
}

function round(megabytes: number): number {
  return Math.round(megabytes * 10) / 10;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
