/** What a Node process really holds, in its own heap and in those of its threads, after its garbage is collected. */
export type LiveHeap = { megabytes(): Promise<number>; close(): void };

type Message = { id?: number; method?: string; params?: Record<string, unknown>; result?: object };
type Call = (method: string, params?: object) => Promise<Record<string, unknown>>;

/**
 * Opens the inspector of a process on this machine.
 *
 * @param url - The address that Node prints on standard error, `ws://127.0.0.1:PORT/ID`.
 * @see {@link https://chromedevtools.github.io/devtools-protocol/v8/ | The inspector's protocol}; threads are in Node's own
 *   part of it, `NodeWorker`.
 */
export async function openLiveHeap(url: string): Promise<LiveHeap> {
  const socket = new WebSocket(url);
  const threads = new Map<string, Channel>();
  const main = openChannel((text) => socket.send(text), handleEvent);
  socket.addEventListener('message', ({ data }) => main.take(String(data)));
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', () => reject(new Error(`no inspector at ${url}`)), { once: true });
  });

  function handleEvent(method: string, params: Record<string, unknown>): void {
    const sessionId = String(params.sessionId);
    if (method === 'NodeWorker.attachedToWorker') {
      const send = (message: string) => {
        main.call('NodeWorker.sendMessageToWorker', { sessionId, message }).catch(() => undefined);
      };
      threads.set(sessionId, openChannel(send));
    }
    if (method === 'NodeWorker.detachedFromWorker') threads.delete(sessionId);
    if (method === 'NodeWorker.receivedMessageFromWorker') threads.get(sessionId)?.take(String(params.message));
  }

  await main.call('NodeWorker.enable', { waitForDebuggerOnStart: false });
  return {
    async megabytes() {
      const weighed = await Promise.all([main, ...threads.values()].map(({ call }) => weigh(call)));
      return weighed.reduce((sum, bytes) => sum + bytes, 0) / 1e6;
    },
    close: () => socket.close(),
  };
}

type Channel = { readonly call: Call; take(text: string): void };

/** A way to one heap: calls go out as text, and their answers and the events come back as text. */
function openChannel(
  send: (text: string) => void,
  onEvent: (method: string, params: Record<string, unknown>) => void = () => {},
): Channel {
  const waiting = new Map<number, (result: Record<string, unknown>) => void>();
  let last = 0;
  return {
    call(method, params = {}) {
      last += 1;
      const answered = new Promise<Record<string, unknown>>((resolve) => waiting.set(last, resolve));
      send(JSON.stringify({ id: last, method, params }));
      return answered;
    },
    take(text) {
      const { id, method, params, result } = JSON.parse(text) as Message;
      if (method !== undefined) onEvent(method, params ?? {});
      if (id === undefined) return;
      waiting.get(id)?.({ ...result });
      waiting.delete(id);
    },
  };
}

async function weigh(call: Call): Promise<number> {
  await call('HeapProfiler.enable');
  await call('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize } = await call('Runtime.getHeapUsage');
  // Buffers lie outside of the heap and hang on objects within.
  return Number(usedSize) + Number(backingStorageSize);
}
