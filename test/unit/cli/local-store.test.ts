import { once } from 'node:events';
import * as fs from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import {
  type LocalStore,
  readLocalStore,
  removeLocalStore,
  writeLocalStore,
} from '../../../cli/place/local-store-file.ts';
import { readConnections } from '../../../lambda/connections/read-connections.ts';
import { startInvokeServer } from '../../../local/invoke-server.ts';

const store: LocalStore = {
  secretsManagerUrl: 'http://127.0.0.1:4001',
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
  const written = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, written.replace('127.0.0.1:4001', 'evil.example:4001'));
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
  expect(() => readLocalStore(file)).toThrow(reason);
});

/** What comes of a request at the door, and the events that came through. */
async function ask(path: string, change: Record<string, string> = {}, body = '{"a":1}') {
  const events: unknown[] = [];
  const invoke = async (event: unknown) => {
    events.push(event);
    return { answer: { did: event }, lines: [] };
  };
  const door = await startInvokeServer({ now: () => 42, invoke });
  onTestFinished(() => door.close());
  const headers = { authorization: `Bearer ${door.token}`, 'content-type': 'application/json', ...change };
  const asked = request(`${door.url}${path}`, { method: path === '/now' ? 'GET' : 'POST', headers });
  asked.end(path === '/now' ? undefined : body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, said: JSON.parse(await text(answer)), events };
}

test('who shows the token may invoke and ask for the time', async () => {
  expect(await ask('/invoke')).toMatchObject({ status: 200, said: { answer: { did: { a: 1 } }, error: null } });
  expect(await ask('/now')).toMatchObject({ status: 200, said: { now: 42, last_tick: null } });
});

test.each<[title: string, status: number, ...Parameters<typeof ask>]>([
  ['no token', 401, '/invoke', { authorization: '' }],
  ['a wrong token', 401, '/invoke', { authorization: `Bearer ${'0'.repeat(64)}` }],
  ['a web page', 403, '/invoke', { origin: 'http://localhost:3000' }],
  ['another host’s name', 403, '/now', { host: 'rebound.example' }],
  ['another content type', 415, '/invoke', { 'content-type': 'text/plain' }],
  ['another path', 404, '/other'],
  ['an event that is no JSON', 500, '/invoke', {}, '{'],
  ['an event that is too large', 413, '/invoke', {}, ' '.repeat(70_000)],
])('fails for a request of %s', async (_title, status, ...asked) => {
  expect(await ask(...asked)).toMatchObject({ status, events: [] });
});
