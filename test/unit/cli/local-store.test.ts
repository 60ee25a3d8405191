import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  type LocalStore,
  LocalStoreError,
  readLocalStore,
  removeLocalStore,
  writeLocalStore,
} from '../../../cli/place/local-store-file.ts';
import { readConnections } from '../../../lambda/connections/read-connections.ts';
import { startInvokeServer } from '../../../local/invoke-server.ts';

const store: LocalStore = {
  secretsManagerUrl: 'http://127.0.0.1:4001',
  snsUrl: 'http://127.0.0.1:4002',
  zohoUrl: 'http://127.0.0.1:4003',
  invokeUrl: 'http://127.0.0.1:4004',
  invokeToken: 'a'.repeat(64),
  lambdaUrl: 'http://127.0.0.1:4005',
  secretAccessKey: 'b'.repeat(40),
  connections: readConnections(readFileSync('connections.json', 'utf8')),
  practiceClients: { desk: { client_id: 'c', client_secret: 's' } },
};

function storeFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'local-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'private', 'store.json');
}

test('what is written is read again, by its owner alone', () => {
  const file = storeFile();
  writeLocalStore(file, store);
  expect(readLocalStore(file)).toEqual(store);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeLocalStore(file, { ...store, zohoUrl: undefined });
  expect(readLocalStore(file).zohoUrl).toBeUndefined();
});

test('only the program that wrote it takes it away', () => {
  const file = storeFile();
  writeLocalStore(file, store);
  removeLocalStore(file, 'b'.repeat(64));
  expect(existsSync(file)).toBe(true);
  removeLocalStore(file, store.invokeToken);
  expect(existsSync(file)).toBe(false);
});

test.each([
  ['is not there', () => undefined, 'start one with `npm start`'],
  ['others can read', (file: string) => chmodSync(file, 0o644), 'can be touched by others'],
  ['others can write', (file: string) => chmodSync(file, 0o602), 'can be touched by others'],
  ['is no JSON', (file: string) => writeFileSync(file, '{'), 'is damaged'],
  [
    'names another machine',
    (file: string) =>
      writeFileSync(file, readFileSync(file, 'utf8').replace('127.0.0.1:4001', 'evil.example')),
    'is damaged',
  ],
  [
    'is a link',
    (file: string) => {
      writeFileSync(`${file}.real`, readFileSync(file), { mode: 0o600 });
      rmSync(file);
      symlinkSync(`${file}.real`, file);
    },
    'can be touched by others',
  ],
])('fails for a file that %s', (title, damage, reason) => {
  const file = storeFile();
  mkdirSync(join(file, '..'));
  if (title !== 'is not there') writeLocalStore(file, store);
  damage(file);
  expect(() => readLocalStore(file)).toThrow(LocalStoreError);
  expect(() => readLocalStore(file)).toThrow(reason);
});

async function openDoor() {
  const events: unknown[] = [];
  const door = await startInvokeServer({
    now: () => 42,
    invoke: async (event) => {
      events.push(event);
      return { answer: { did: event }, lines: [] };
    },
  });
  onTestFinished(() => door.close());
  const headers = { authorization: `Bearer ${door.token}`, 'content-type': 'application/json' };
  const ask = (path: string, change: RequestInit & { headers?: Record<string, string> } = {}) =>
    fetch(`${door.url}${path}`, {
      method: 'POST',
      body: '{"a":1}',
      ...change,
      headers: { ...headers, ...change.headers },
    });
  return { door, events, ask, headers };
}

test('who shows the token may invoke and ask for the time', async () => {
  const { door, ask, headers } = await openDoor();
  expect(await (await ask('/invoke')).json()).toEqual({ answer: { did: { a: 1 } }, error: null });
  expect(await (await fetch(`${door.url}/now`, { headers })).json()).toEqual({ now: 42, last_tick: null });
});

test.each([
  ['no token', { authorization: '' }, 401],
  ['a wrong token', { authorization: `Bearer ${'0'.repeat(64)}` }, 401],
  ['a web page', { origin: 'http://localhost:3000' }, 403],
  ['another content type', { 'content-type': 'text/plain' }, 415],
])('fails for a request of %s', async (_title, headers, status) => {
  const { ask, events } = await openDoor();
  expect((await ask('/invoke', { headers })).status).toBe(status);
  expect(events).toEqual([]);
});

test('fails for another host’s name, another path, and an event that is none', async () => {
  const { door, ask, events, headers } = await openDoor();
  const foreign = get(`${door.url}/now`, { headers: { ...headers, host: 'rebound.example' } });
  const [answer] = (await once(foreign, 'response')) as [{ statusCode: number }];
  foreign.destroy();
  expect(answer.statusCode).toBe(403);
  expect((await ask('/other')).status).toBe(404);
  expect((await ask('/invoke', { body: '{' })).status).toBe(500);
  expect((await ask('/invoke', { body: ' '.repeat(70_000) })).status).toBe(413);
  expect(events).toEqual([]);
});
