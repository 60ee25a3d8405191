import { stderr } from 'node:process';

const width = 30;

/** A bar that shows how far something has come and how long the rest will take; a line per tenth where nobody looks. */
export type Progress = { readonly show: (done: number, note?: string) => void; readonly end: () => void };

/**
 * Starts a bar on standard error.
 *
 * @param total - How much there is to do.
 */
export function startProgress(label: string, total: number): Progress {
  const startedAt = performance.now();
  let shownAt = 0;
  let tenth = 0;
  return {
    show(done, note = '') {
      const now = performance.now();
      const share = Math.min(1, done / total);
      if (stderr.isTTY) {
        if (now - shownAt < 200 && done < total) return;
        shownAt = now;
        const full = Math.round(share * width);
        const bar = `${'#'.repeat(full)}${'.'.repeat(width - full)}`;
        const left = share === 0 ? '' : `, ${shownDuration(((now - startedAt) / share) * (1 - share))} left`;
        stderr.write(`\r\x1b[K${label} [${bar}] ${done}/${total}${left} ${note}`);
      } else if (Math.floor(share * 10) > tenth) {
        tenth = Math.floor(share * 10);
        stderr.write(`${label} ${done}/${total} after ${shownDuration(now - startedAt)} ${note}\n`);
      }
    },
    end() {
      if (stderr.isTTY) stderr.write('\r\x1b[K');
    },
  };
}

/** `42 s`, `3 min 5 s`. */
export function shownDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  return seconds < 90 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
