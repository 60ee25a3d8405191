/** Work that is shorter needs no word, which would only flicker; after that the seconds count. */
const stepMilliseconds = 1_000;

/**
 * Runs work, and says on standard error that it is going on once it takes longer than a second.
 *
 * @param label - What is going on, e.g. `asking Zoho for a token`.
 * @param isTerminal - Whether one line can be rewritten; otherwise it is printed once.
 */
export async function withProgress<T>(
  write: (text: string) => void,
  isTerminal: boolean,
  label: string,
  work: () => Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  let shown = false;
  const timer = setInterval(() => {
    if (shown && !isTerminal) return;
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    write(isTerminal ? `\r${label} ... ${seconds} s` : `${label} ...\n`);
    shown = true;
  }, stepMilliseconds);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (shown && isTerminal) write(`\r${' '.repeat(label.length + 12)}\r`);
  }
}
