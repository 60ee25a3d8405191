import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what systems give to whoever asks for any port: what is free now is then not given away a moment later. */
const [lowest, highest] = [20_000, 30_000];
const mostTries = 50;

/** A port of 127.0.0.1 on which nobody listens, for a program that is told its port. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const port = randomInt(lowest, highest);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
  throw new Error(`found no free port from ${lowest} to ${highest} in ${mostTries} tries`);
}
