import { randomInt } from 'node:crypto';
import { listenOnLoopback } from '../../local/wire/loopback.ts';

/** Below what systems give to whoever asks for any port: what is free now is then not given away a moment later. */
const [lowest, highest] = [20_000, 30_000];

/** A port of 127.0.0.1 on which nobody listens, for a program that takes its port as an option. */
export async function freePort(tries = 50): Promise<number> {
  const server = await listenOnLoopback(() => undefined, randomInt(lowest, highest)).catch((fault: unknown) => {
    if (tries === 1) throw fault;
  });
  await server?.close();
  return server?.port ?? freePort(tries - 1);
}
