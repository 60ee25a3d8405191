/** What a Node process that was started with `--inspect` really holds, after its garbage is collected. */
export type LiveHeap = { megabytes(): Promise<number>; close(): void };

/**
 * Opens the inspector of a process on this machine.
 *
 * @param url - The address that Node prints on standard error, `ws://127.0.0.1:PORT/ID`.
 */
export async function openLiveHeap(url: string): Promise<LiveHeap> {
  const socket = new WebSocket(url);
  const waiting = new Map<number, (result: Record<string, unknown>) => void>();
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id: number; result: Record<string, unknown> };
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', () => reject(new Error(`no inspector at ${url}`)), { once: true });
  });
  const call = (method: string): Promise<Record<string, unknown>> => {
    last += 1;
    socket.send(JSON.stringify({ id: last, method }));
    return new Promise((resolve) => waiting.set(last, resolve));
  };
  await call('HeapProfiler.enable');
  return {
    async megabytes() {
      await call('HeapProfiler.collectGarbage');
      const { usedSize } = await call('Runtime.getHeapUsage');
      return Number(usedSize) / 1e6;
    },
    close: () => socket.close(),
  };
}
