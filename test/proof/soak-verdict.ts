import type { Soaked } from './soak.ts';

/** Of the ticks that the time allows, this share must have come. */
const leastTicks = 0.97;
/** Above its interval, a tick in the middle of all may come this late. */
const mostLatenessMilliseconds = 20;
/** What a day's history may add to the heap in half an hour of ticks a second, which is a week of ticks. */
const memoryNoiseMegabytes = 4;
const socketNoise = 4;

/** The soak in a few figures: its second tenth, when it is warm, against its last. */
export function summarize({ samples, gaps, intervalSeconds }: Soaked) {
  const lateness = gaps.map((gap) => gap - intervalSeconds * 1_000);
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
  };
}

/** What speaks against a soak; nothing where it was passed. */
export function faultsOf(soaked: Soaked): string[] {
  const { megabytes, sockets, tickMilliseconds } = summarize(soaked);
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
  if (megabytes.late > megabytes.middle + memoryNoiseMegabytes)
    faults.push(
      `the heap grew from ${round(megabytes.middle)} to ${round(megabytes.late)} MB in the second half`,
    );
  if (sockets.late > sockets.early + socketNoise)
    faults.push(`open sockets grew from ${sockets.early} to ${sockets.late}`);
  if (tickMilliseconds.late > mostLatenessMilliseconds)
    faults.push(`ticks come ${Math.round(tickMilliseconds.late)} ms late`);
  return faults;
}

function round(megabytes: number): number {
  return Math.round(megabytes * 10) / 10;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
