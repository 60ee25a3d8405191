import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { key } from './loopback-certificate.ts';

/** Servers on loopback that do with a connection what a test asks for: what no well-behaved server does. */
export function openRawServers() {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const requestsOverTls: string[] = [];

  async function listen(server: Server): Promise<number> {
    servers.push(server);
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  return {
    /** Connections that are open now. */
    sockets: sockets as ReadonlySet<Socket>,
    /** Paths that were asked for over TLS. */
    requestsOverTls,
    /** @param answer - Called for each connection with the first bytes that came. */
    async serve(answer: (socket: Socket, received: string) => void): Promise<string> {
      const server = createServer((socket) => socket.once('data', (bytes) => answer(socket, bytes.toString())));
      return `http://127.0.0.1:${await listen(server)}`;
    },
    /** @param cert - Shown to whoever connects; every request is answered with the text. */
    async serveTls(cert: string, text: string): Promise<string> {
      const server = createTlsServer({ key, cert }, (request, answer) => {
        requestsOverTls.push(request.url ?? '');
        answer.end(text);
      });
      return `https://127.0.0.1:${await listen(server)}`;
    },
    close(): void {
      for (const socket of sockets) socket.destroy();
      for (const server of servers.splice(0)) server.close();
    },
  };
}

/** Sends a head without a length, and then a space every 20 ms for as long as anybody reads. */
export function drip(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\n\r\n');
  const timer = setInterval(() => socket.write(' '), 20);
  socket.once('close', () => clearInterval(timer));
}

const ok = 'HTTP/1.1 200 OK\r\n';
/** Resets the connection when the text must have arrived. */
const reset = (text: string) => (socket: Socket) =>
  void socket.write(text, () => setTimeout(() => socket.resetAndDestroy(), 20));
const end = (text: string) => (socket: Socket) => void socket.end(text);

/** Ways in which a connection ends before the answer does. */
export const cuts: readonly [where: string, cut: (socket: Socket) => void][] = [
  ['before the answer', reset('')],
  ['within the head', reset(`${ok}Conte`)],
  ['within the body', reset(`${ok}Content-Length: 9\r\n\r\n{`)],
  ['within a body whose length nobody said', reset(`${ok}\r\n{"a`)],
  ['by closing within such a body', end(`${ok}\r\n{"a`)],
  ['by closing within the body', end(`${ok}Content-Length: 9\r\n\r\n{`)],
  ['with something that is not HTTP', end('220 mail.example ESMTP\r\n')],
  [
    'by asking for another protocol',
    (socket) => socket.write('HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n'),
  ],
];
