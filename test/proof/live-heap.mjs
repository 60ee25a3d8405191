// Loaded into every thread of a program that is soaked, as `live-heap.mjs?FOLDER`: once a minute each writes there what its own
// heap still holds when its garbage is collected. Buffers lie outside of the heap and hang on objects within.
import { writeFileSync } from 'node:fs';
import { memoryUsage } from 'node:process';
import { threadId } from 'node:worker_threads';

const folder = decodeURIComponent(new URL(import.meta.url).search.slice(1));

function weigh() {
  globalThis.gc();
  const { heapUsed, external } = memoryUsage();
  writeFileSync(`${folder}/heap-${threadId}`, String(heapUsed + external));
}

// Not before it has started.
setTimeout(() => {
  weigh();
  setInterval(weigh, 60_000).unref();
}, 10_000).unref();
