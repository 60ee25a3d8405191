// Loaded into every thread of a program that is soaked, as `soak-thread.mjs?FOLDER`: every five seconds each writes there what
// it holds. Its heap it weighs once a minute, when its garbage is collected; buffers lie outside and hang on objects within.
import { renameSync, writeFileSync } from 'node:fs';
import { getActiveResourcesInfo, memoryUsage } from 'node:process';
import { threadId } from 'node:worker_threads';

const folder = decodeURIComponent(new URL(import.meta.url).search.slice(1));
const file = `${folder}/thread-${threadId}`;
let looks = 0;
let heapBytes = 0;

setInterval(() => {
  // Not before the program has started.
  if (looks % 12 === 1) {
    globalThis.gc();
    const { heapUsed, external } = memoryUsage();
    heapBytes = heapUsed + external;
  }
  looks += 1;
  const sockets = getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP')).length;
  writeFileSync(`${file}.new`, JSON.stringify({ heapBytes, sockets, residentBytes: memoryUsage.rss() }));
  renameSync(`${file}.new`, file);
}, 5_000).unref();
