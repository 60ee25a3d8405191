/** What a Node process really holds, in its own heap and in those of its threads, after its garbage is collected. */
export type LiveHeap = { megabytes(): Promise<number>; close(): void };

type Fields = Record<string, unknown>;

/**
 * Opens the inspector of a process on this machine.
 *
 * @param url - The address that Node prints on standard error, `ws://127.0.0.1:PORT/ID`.
 * @see {@link https://chromedevtools.github.io/devtools-protocol/v8/ | The inspector's protocol}; threads are in Node's own
 *   part of it, `NodeWorker`.
 */
export async function openLiveHeap(url: string): Promise<LiveHeap> {
  const socket = new WebSocket(url);
  const threads = new Set<string>();
  const waiting = new Map<number, (result: Fields) => void>();
  let last = 0;

  /** Calls a method in the main thread, or in another by its session: such calls travel within a call. */
  function call(method: string, params: Fields = {}, sessionId?: string): Promise<Fields> {
    last += 1;
    const message = JSON.stringify({ id: last, method, params });
    const answered = new Promise<Fields>((resolve) => waiting.set(last, resolve));
    if (sessionId === undefined) socket.send(message);
    else void call('NodeWorker.sendMessageToWorker', { sessionId, message });
    return answered;
  }

  function take(text: string): void {
    const {
      id = 0,
      method,
      params = {},
      result,
    } = JSON.parse(text) as {
      id?: number;
      method?: string;
      params?: { sessionId?: string; message?: string };
      result?: Fields;
    };
    const { sessionId = '', message = '' } = params;
    if (method === 'NodeWorker.attachedToWorker') threads.add(sessionId);
    if (method === 'NodeWorker.detachedFromWorker') threads.delete(sessionId);
    if (method === 'NodeWorker.receivedMessageFromWorker') take(message);
    waiting.get(id)?.({ ...result });
    waiting.delete(id);
  }

  async function weigh(sessionId?: string): Promise<number> {
    await call('HeapProfiler.enable', {}, sessionId);
    await call('HeapProfiler.collectGarbage', {}, sessionId);
    const { usedSize, backingStorageSize } = await call('Runtime.getHeapUsage', {}, sessionId);
    // Buffers lie outside of the heap and hang on objects within.
    return Number(usedSize) + Number(backingStorageSize);
  }

  socket.addEventListener('message', ({ data }) => take(String(data)));
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', () => reject(new Error(`no inspector at ${url}`)), { once: true });
  });
  await call('NodeWorker.enable', { waitForDebuggerOnStart: false });
  return {
    async megabytes() {
      const weighed = await Promise.all([undefined, ...threads].map(weigh));
      return weighed.reduce((sum, bytes) => sum + bytes, 0) / 1e6;
    },
    close: () => socket.close(),
  };
}
