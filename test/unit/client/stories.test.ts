import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseTokenSecret } from '../../../client/token-secret.ts';
import { TokenUnavailableError } from '../../../client/token-unavailable.ts';
import type { ZohoToken } from '../../../client/zoho-token.ts';
import { incidentText, madeUpToken, setUpReader, tokenText } from './a-source.ts';

type Story = { readonly title: string; readonly mayAsk?: boolean; readonly lines: readonly string[] };

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const { stories } = JSON.parse(readFileSync(here('stories.json'), 'utf8')) as { stories: Story[] };

const forPython = { ...env, PYTHONPATH: here('../../../client/python') };
const hasPython = spawnSync('python3', ['-c', 'import sys; assert sys.version_info >= (3, 10)']).status === 0;

/** What the lines of a story say must come of them. */
const expected = ({ lines }: Story): string[] => lines.filter((line) => / = | says /.test(line));

describe.each(stories)('$title', (story) => {
  test('Node', async () => {
    expect(await play(story)).toEqual(expected(story));
  });

  test.skipIf(!hasPython)('Python (needs python3 3.10)', async () => {
    expect(await playInPython(story)).toEqual(expected(story));
  });
});

test.skipIf(!hasPython)('Python: eight threads go on with the token in memory while a read hangs', async () => {
  const { stdout } = await promisify(execFile)('python3', ['-B', here('hang_with_threads.py')], { env: forPython });
  const { threads, longest, reads } = JSON.parse(stdout) as Record<string, number>;
  expect({ threads, reads }).toEqual({ threads: 8, reads: 2 });
  // The read hangs for five seconds; a busy machine may hold a thread up a little.
  expect(longest).toBeLessThan(1);
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
  const { start, state, store, reader } = setUpReader({ mayAsk });
  const letterOf = ({ accessToken }: ZohoToken) => accessToken.charAt(5);
  let zoho = 'a';
  let said = '';
  let release = () => {};
  const reasonOf = (fault: unknown) => {
    if (!(fault instanceof TokenUnavailableError)) return String(fault);
    said = fault.message;
    return fault.reason;
  };
  async function call(): Promise<string> {
    const tried: string[] = [];
    const answer = await reader
      .withToken(async (token) => {
        tried.push(letterOf(token));
        if (zoho === 'throws') throw new DOMException('The operation was aborted', 'AbortError');
        const status = letterOf(token) === zoho ? 200 : 401;
        const body = zoho === 'proxy' ? '<html>Log in</html>' : '{"errorCode":"INVALID_OAUTH"}';
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
    const other = await reader.replace(parseTokenSecret(tokenText(madeUpToken(letter), start)) as ZohoToken);
    return other === undefined ? 'nothing' : letterOf(other);
  };
  const events: Record<string, (argument: string) => unknown> = {
    store: (letter) => store(letter),
    storeText: (token) => Object.assign(state, { token }),
    storeLong: (letter) => store(letter, 1441),
    incident: () => Object.assign(state, { incident: incidentText(state.now) }),
    break: (name) => Object.assign(state.faults, { AWSCURRENT: name, INCIDENT: name }),
    breakRecord: (name) => Object.assign(state.faults, { INCIDENT: name }),
    hang: () => {
      ({ promise: state.gate, resolve: release } = Promise.withResolvers<void>());
    },
    mend: () => {
      Object.assign(state.faults, { AWSCURRENT: '', INCIDENT: '' });
      state.gate = undefined;
      release();
    },
    zoho: (accepted) => {
      zoho = accepted;
    },
    lambda: (mode) => Object.assign(state, { lambda: mode }),
    expire: () => reader.expire(),
    get: () => reader.get().then(letterOf, reasonOf),
    replace: (letter) => replace(letter).catch(reasonOf),
    call,
    reads: () => state.reads.filter((label) => label === 'AWSCURRENT').length,
    asks: () => state.asks,
    says: (words) => (said.includes(words) ? words : said),
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
