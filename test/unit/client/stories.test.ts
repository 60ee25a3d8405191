import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeReader } from '../../../client/reader.ts';
import { createRequestRefresh } from '../../../client/request-refresh.ts';
import { createSecretsManagerSource, type SdkClient } from '../../../client/secrets-manager-source.ts';
import { parseTokenSecret } from '../../../client/token-secret.ts';
import { TokenUnavailableError } from '../../../client/token-unavailable.ts';
import type { ZohoToken } from '../../../client/zoho-token.ts';
import { incidentText, madeUpToken, tokenText } from './a-source.ts';

type Story = { readonly title: string; readonly mayAsk?: boolean; readonly lines: readonly string[] };

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const { stories } = JSON.parse(readFileSync(here('stories.json'), 'utf8')) as { stories: Story[] };

/** What the lines of a story say must come of them. */
const expected = ({ lines }: Story): string[] => lines.filter((line) => / = | says /.test(line));

describe.each(stories)('$title', (story) => {
  test('Node', async () => {
    expect(await play(story)).toEqual(expected(story));
  });

  test.skipIf(!env.PATH)('Python', async ({ skip }) => {
    if (!hasPython) skip('needs python3 3.10');
    expect(await playInPython(story)).toEqual(expected(story));
  });
});

test('Python: eight threads go on with the token in memory while a read hangs', async ({ skip }) => {
  if (!hasPython) return skip('needs python3 3.10');
  const { stdout } = await promisify(execFile)('python3', ['-B', here('hang_with_threads.py')], {
    env: forPython,
  });
  const { threads, longest, reads } = JSON.parse(stdout) as Record<string, number>;
  expect({ threads, reads }).toEqual({ threads: 8, reads: 2 });
  // The read hangs for five seconds; a busy machine may hold a thread up a little.
  expect(longest).toBeLessThan(1);
});

const forPython = { ...env, PYTHONPATH: here('../../../client/python') };
let hasPython = false;
beforeAll(async () => {
  const script = 'import sys; assert sys.version_info >= (3, 10)';
  hasPython = await promisify(execFile)('python3', ['-c', script]).then(
    () => true,
    () => false,
  );
});

/** All stories are played by one process, since starting it takes longer than they do. */
let played: Promise<Record<string, string[]>> | undefined;
async function playInPython({ title }: Story): Promise<string[] | undefined> {
  played ??= promisify(execFile)('python3', ['-B', here('play_stories.py'), here('stories.json')], {
    env: forPython,
  }).then(({ stdout }) => JSON.parse(stdout) as Record<string, string[]>);
  return (await played)[title];
}

/** Plays a story with the Node reader; gives its lines with what came of them. */
async function play({ mayAsk = false, lines }: Story): Promise<string[]> {
  const start = Date.UTC(2026, 0, 5, 9);
  const tokenOf = (letter: string) => (letter.length === 1 ? madeUpToken(letter) : letter);
  const letterOf = ({ accessToken }: ZohoToken) => accessToken.charAt(5);
  const state = {
    now: start,
    text: tokenText(tokenOf('a'), start),
    incident: undefined as string | undefined,
    faults: { AWSCURRENT: '', INCIDENT: '' } as Record<string, string>,
    zoho: 'a',
    lambda: '',
    hanging: undefined as PromiseWithResolvers<void> | undefined,
    reads: 0,
    asks: 0,
    healsDuringWait: '',
    said: '',
  };
  const awsError = (name: string) => Object.assign(new Error('made-up words of AWS'), { name, $fault: 'client' });
  const store = (letter: string) => {
    state.text = tokenText(tokenOf(letter), state.now);
  };
  const secrets = {
    async send({ input }: { input: { VersionStage: 'AWSCURRENT' | 'INCIDENT' } }) {
      const label = input.VersionStage;
      if (label === 'AWSCURRENT') state.reads += 1;
      await state.hanging?.promise;
      if (state.faults[label]) throw awsError(state.faults[label]);
      const SecretString = label === 'AWSCURRENT' ? state.text : state.incident;
      if (SecretString === undefined) throw awsError('ResourceNotFoundException');
      return { SecretString };
    },
  };
  const answerOf = (outcome: string, code: string | null, probe: string | null) =>
    JSON.stringify({ connections: [{ connection: 'desk', outcome, code, probe }] });
  const lambda = {
    async send() {
      state.asks += 1;
      const [mode = '', letter = ''] = state.lambda.split(' ');
      if (mode === 'denied') throw awsError('AccessDeniedException');
      if (mode === 'heals') store(letter);
      if (mode === 'healing' || mode === 'throttled') state.healsDuringWait = letter;
      if (mode === 'throttled') throw awsError('TooManyRequestsException');
      const payload = {
        fresh: answerOf('fresh', null, 'accepted'),
        unknown: answerOf('fresh', null, 'cannot_tell'),
        heals: answerOf('refreshed', null, 'accepted'),
        healing: answerOf('waiting', null, null),
        fails: answerOf('failed', 'invalid_code', null),
      }[mode];
      const Payload = { transformToString: () => payload ?? 'text' };
      return mode === 'crashes' ? { FunctionError: 'Unhandled', Payload } : { Payload };
    },
  };
  const client = lambda as unknown as SdkClient;
  const reader = makeReader({
    subject: 'zoho/desk/token',
    source: createSecretsManagerSource('zoho/desk/token', secrets as unknown as SdkClient),
    requestRefresh: mayAsk ? createRequestRefresh({ functionName: 'refresher', client }) : undefined,
    isRefused: undefined,
    surroundings: {
      now: () => state.now,
      random: () => 0.5,
      wait: async () => {
        if (state.healsDuringWait) store(state.healsDuringWait);
      },
    },
  });
  const reasonOf = (fault: unknown) => {
    if (!(fault instanceof TokenUnavailableError)) return String(fault);
    state.said = fault.message;
    return fault.reason;
  };
  async function call(): Promise<string> {
    const tried: string[] = [];
    const answer = await reader
      .withToken(async (token) => {
        tried.push(letterOf(token));
        if (state.zoho === 'throws') throw new DOMException('The operation was aborted', 'AbortError');
        const status = letterOf(token) === state.zoho ? 200 : 401;
        const body = state.zoho === 'proxy' ? '<html>Log in</html>' : '{"errorCode":"INVALID_OAUTH"}';
        return new Response(status === 200 ? '{}' : body, { status });
      })
      .then(
        ({ status }) => `${tried.at(-1)} ${status}`,
        (fault: unknown) => (fault instanceof DOMException ? `${tried.at(-1)} threw` : `+${reasonOf(fault)}`),
      );
    const before = answer.startsWith('+') ? tried : tried.slice(0, -1);
    return [...before.map((letter) => `${letter} 401`), answer.replace('+', '')].join(', ');
  }
  const replace = async (letter: string) => {
    const text = tokenText(tokenOf(letter), start);
    const other = await reader.replace(parseTokenSecret(text) as ZohoToken);
    return other === undefined ? 'nothing' : letterOf(other);
  };
  const events: Record<string, (argument: string) => unknown> = {
    store,
    storeText: (text) => Object.assign(state, { text }),
    storeLong: (letter) => Object.assign(state, { text: tokenText(tokenOf(letter), state.now, 1441) }),
    incident: () => Object.assign(state, { incident: incidentText(state.now) }),
    break: (name) => Object.assign(state.faults, { AWSCURRENT: name, INCIDENT: name }),
    breakRecord: (name) => Object.assign(state.faults, { INCIDENT: name }),
    hang: () => Object.assign(state, { hanging: Promise.withResolvers<void>() }),
    mend: () => {
      Object.assign(state.faults, { AWSCURRENT: '', INCIDENT: '' });
      state.hanging?.resolve();
    },
    zoho: (zoho) => Object.assign(state, { zoho }),
    lambda: (mode) => Object.assign(state, { lambda: mode }),
    expire: () => reader.expire(),
    get: () => reader.get().then(letterOf, reasonOf),
    replace: (letter) => replace(letter).catch(reasonOf),
    call,
    reads: () => state.reads,
    asks: () => state.asks,
    says: (words) => (state.said.includes(words) ? words : state.said),
  };
  const seen: string[] = [];
  for (const line of lines) {
    const [, second = '', name = '', argument = ''] = /^(\d+) (\w+) ?(.*?)(?: ?= .*)?$/.exec(line) ?? [];
    state.now = start + Number(second) * 1000;
    const result = await events[name]?.(argument);
    // What goes on in the background is over before the next line.
    for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
    if (name === 'says') seen.push(`${second} says ${String(result)}`);
    else if (line.includes(' = ')) seen.push(`${[second, name, argument].join(' ').trim()} = ${String(result)}`);
  }
  return seen;
}
