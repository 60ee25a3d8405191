import { once } from 'node:events';
import * as fs from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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
  connections: readConnections(fs.readFileSync('connections.json', 'utf8')),
  practiceClients: { desk: { client_id: 'c', client_secret: 's' } },
};

/** A file that was written for one test. */
function storeFile(): string {
  const folder = fs.mkdtempSync(join(tmpdir(), 'local-store-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'private', 'store.json');
  writeLocalStore(file, store);
  return file;
}

test('what is written is read again, by its owner alone', () => {
  const file = storeFile();
  expect(readLocalStore(file)).toEqual(store);
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  writeLocalStore(file, { ...store, zohoUrl: undefined });
  expect(readLocalStore(file).zohoUrl).toBeUndefined();
});

test('only the program that wrote it takes it away', () => {
  const file = storeFile();
  removeLocalStore(file, 'b'.repeat(64));
  expect(fs.existsSync(file)).toBe(true);
  removeLocalStore(file, store.invokeToken);
  expect(fs.existsSync(file)).toBe(false);
});

const move = (file: string) => {
  fs.renameSync(file, `${file}.real`);
  fs.symlinkSync(`${file}.real`, file);
};
const spoil = (file: string) => {
  const text = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, text.replace('127.0.0.1:4001', 'evil.example:4001'));
};
test.each<[title: string, reason: string, damage: (file: string) => void]>([
  ['is not there', 'start one with `npm start`', (file) => fs.rmSync(dirname(file), { recursive: true })],
  ['others can read', 'can be touched by others', (file) => fs.chmodSync(file, 0o644)],
  ['others can write', 'can be touched by others', (file) => fs.chmodSync(file, 0o602)],
  ['is a link', 'can be touched by others', move],
  ['is no JSON', 'is damaged', (file) => fs.writeFileSync(file, '{')],
  ['names another machine', 'is damaged', spoil],
])('fails for a file that %s', (_, reason, damage) => {
  const file = storeFile();
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
  const ask = (path: string, change: Record<string, string> = {}, body = '{"a":1}') =>
    fetch(`${door.url}${path}`, { method: 'POST', body, headers: { ...headers, ...change } });
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
  expect((await ask('/invoke', headers)).status).toBe(status);
  expect(events).toEqual([]);
});

test('fails for another host’s name, another path, and an unknown event', async () => {
  const { door, ask, events, headers } = await openDoor();
  const foreign = get(`${door.url}/now`, { headers: { ...headers, host: 'rebound.example' } });
  const [answer] = (await once(foreign, 'response')) as [{ statusCode: number }];
  foreign.destroy();
  expect(answer.statusCode).toBe(403);
  expect((await ask('/other')).status).toBe(404);
  expect((await ask('/invoke', {}, '{')).status).toBe(500);
  expect((await ask('/invoke', {}, ' '.repeat(70_000))).status).toBe(413);
  expect(events).toEqual([]);
});
