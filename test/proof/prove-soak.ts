import { renderTable } from './document.ts';
import { type Prove, startProgress } from './proof.ts';
import { intervalSeconds, soak } from './soak.ts';
import { faultsOf, summarize } from './soak-verdict.ts';

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
