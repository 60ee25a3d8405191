import { renderTable } from './document.ts';
import { startProgress } from './progress.ts';
import type { Prove } from './proof.ts';
import { intervalSeconds, soak } from './soak.ts';
import { faultsOf, summarize } from './soak-verdict.ts';

/** Runs `npm start` with a tick every second, read by apps all the while and watched from outside. */
export const prove: Prove = async ({ runs: minutes = 0 }) => {
  const progress = startProgress('soak', minutes * 60);
  const soaked = await soak(minutes, ({ second, residentMegabytes, sockets, ticks }) =>
    progress.show(second, `${ticks} ticks, ${residentMegabytes} MB, ${sockets} sockets`),
  );
  progress.end();
  const { megabytes, residentMegabytes, sockets, tickMilliseconds, driftMilliseconds } = summarize(soaked);
  const figures = ({ early, middle, late, most }: typeof megabytes) =>
    [early, middle, late, most].map((value) => Math.round(value));
  return {
    sum: `${soaked.ticks} ticks, one every ${intervalSeconds} s, ${soaked.failedTicks} failed; ${soaked.readerCalls} calls of ten readers and ${soaked.secretReads} plain reads, ${soaked.loadFaults.length} failed`,
    broken: faultsOf(soaked).map((fault) => `broken: ${fault}`),
    figures: renderTable(
      ['', 'second tenth', 'middle', 'last tenth', 'most'],
      [
        ['heap after collection (MB)', ...figures(megabytes)],
        ['resident memory (MB)', ...figures(residentMegabytes)],
        ['open sockets', ...figures(sockets)],
        ['a tick beyond its interval (ms, median)', ...figures(tickMilliseconds)],
        ['all ticks together beyond their schedule (ms)', ...figures(driftMilliseconds)],
      ],
    ),
  };
};
