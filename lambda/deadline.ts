/** A time that ends what hangs. Unlike AbortSignal.timeout() it can be cleared, so that nothing outlives the call by it. */
export type Deadline = { readonly signal: AbortSignal; clear(): void };

/** Starts a deadline; nothing is kept alive by it. */
export function startDeadline(milliseconds: number): Deadline {
  const controller = new AbortController();
  const end = () => controller.abort(new DOMException('the time is up', 'TimeoutError'));
  const timer = setTimeout(end, milliseconds);
  timer.unref();
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}

/** Makes one call that ends when the run is over, or when the call has had its time, a slow body included. */
export async function within<T>(
  milliseconds: number,
  run: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = startDeadline(milliseconds);
  try {
    return await call(AbortSignal.any([run, deadline.signal]));
  } finally {
    deadline.clear();
  }
}

/** Never resolves; rejects with its reason when a signal that is not aborted yet is aborted. */
export function ending(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
