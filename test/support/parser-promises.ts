import { readFileSync } from 'node:fs';
import process from 'node:process';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { parseCredentials } from '../../lambda/aws/credentials-secret.ts';
import { parseTokenDocument } from '../../lambda/aws/token-document.ts';
import { ConnectionsError, readConnections } from '../../lambda/connections/read-connections.ts';
import { EventError, readEvent } from '../../lambda/event.ts';
import { failureCodes, RefreshError } from '../../lambda/failure.ts';
import { noRecord, parseRecord, renderRecord } from '../../lambda/incident/record.ts';
import { SecretText } from '../../lambda/secret-text.ts';
import { readProbeAnswer } from '../../lambda/zoho/probe.ts';
import { type Service, serviceNames, services } from '../../lambda/zoho/services.ts';
import { readRefreshToken, readTokenAnswer } from '../../lambda/zoho/token-answer.ts';
import { EnvFileError, readEnvFile } from '../../local/real-credentials.ts';
import { bentText } from './bent-text.ts';
import { searchForSecrets } from './secrets-search.ts';

/** What stands beside an input. */
type Circumstances = { readonly status: number; readonly service: Service; readonly provesScope: boolean };

/** A parser of what others wrote, and what it promises for any input. */
export type Parser = {
  readonly name: string;
  /** Inputs that it takes or knows, from which the others are bent. */
  readonly samples: readonly string[];
  /** Feeds it one input and throws if what comes out breaks a promise; returns whether the input was taken. */
  readonly feed: (input: string, circumstances: Circumstances) => boolean;
};

/** No input may keep a parser busy for longer: a tick has others to serve. */
const longestMilliseconds = 250;

const clientSecret = 'c0ffee11d00d22beef33fade44cafe55dead66f00d77';
const refreshToken = `1000.${'ab12cd34'.repeat(4)}.${'ef56ab78'.repeat(4)}`;
const accessToken = `1000.${'0a1b2c3d'.repeat(4)}.${'4e5f6a7b'.repeat(4)}`;
const sent = [new SecretText(clientSecret), new SecretText(refreshToken)];
const secrets = [clientSecret, refreshToken, accessToken];
const connectionsFile = readFileSync(new URL('../../connections.json', import.meta.url), 'utf8');
const connections = readConnections(connectionsFile).connections.slice(0, 2);
const at = '2026-03-01T00:00:00.000Z';

const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  status: fc.constantFrom(200, 200, 200, 204, 302, 400, 401, 403, 404, 429, 500, 502, 503),
  service: fc.constantFrom(...serviceNames),
  provesScope: fc.boolean(),
});

/**
 * Makes one function of a parser's promises.
 *
 * @param samples - Text, or what is sent as JSON.
 * @param read - Calls the parser; `undefined` if it finds nothing in the input.
 * @param judge - Throws if what was read breaks a promise.
 * @param Refusal - The one class of error that the parser may throw.
 * @param judgeRefusal - Throws if the error breaks a promise.
 */
function promise<T, E extends Error = never>(
  name: string,
  samples: readonly (string | object)[],
  read: (input: string, circumstances: Circumstances) => T | undefined,
  judge: (value: T, circumstances: Circumstances) => void,
  Refusal?: abstract new (...parts: never) => E,
  judgeRefusal: (fault: E) => void = () => undefined,
): Parser {
  return {
    name,
    samples: samples.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))),
    feed(input, around) {
      let value: T | undefined;
      try {
        value = read(input, around);
      } catch (fault) {
        if (Refusal === undefined || !(fault instanceof Refusal)) throw fault;
        mustShowNoSecret(fault);
        judgeRefusal(fault);
        return false;
      }
      if (value === undefined) return false;
      judge(value, around);
      return true;
    },
  };
}

const probe = { path: '/', errors: undefined, isCovered: true };
const issued = { access_token: accessToken, token_type: 'Bearer', expires_in: 3600 };
const incident = {
  code: 'invalid_code',
  message: 'Zoho refused the refresh',
  since: new Date(at),
  tries: 2,
  due: new Date('2026-03-01T00:10:00.000Z'),
  with: { credentials: 'c', configuration: 'abc', token: 't' },
  told: { at: new Date(at), token: 't', kind: 'operator' },
} as const;

/** Every parser that reads what others wrote. */
export const parsers: readonly Parser[] = [
  promise(
    'token answers',
    [
      { ...issued, scope: 'Desk.calls.READ Desk.basic.READ', api_domain: 'https://www.zohoapis.in' },
      { access_token: accessToken, expires_in_sec: 3600, expires_in: 3_600_000, refresh_token: refreshToken },
      { ...issued, access_token: `${clientSecret}.${accessToken}`, scope: refreshToken },
      { ...issued, token_type: refreshToken, expires_in: clientSecret, api_domain: accessToken },
      { error: 'invalid_code' },
      { error_description: 'You have made too many requests', error: 'Access Denied', status: 'failure' },
      { error: `invalid request: client_secret=${clientSecret} refresh_token=${refreshToken}` },
      `<html><body>refresh_token=${refreshToken}&access_token=${accessToken}</body></html>`,
    ],
    (input, { status }) => {
      const anew = readRefreshToken(input);
      must(anew?.reveal() !== '', 'a refresh token is not empty');
      mustShowNoSecret(anew);
      return readTokenAnswer(status, input, sent);
    },
    ({ accessToken: token, prefix, expiresInSeconds, scopes, tokenType }) => {
      must(/^\d{4}\.[0-9a-f]{16,}\.[0-9a-f]{16,}$/i.test(token.reveal()), 'the token has a shape');
      must(token.reveal().startsWith(prefix), 'the prefix is its own');
      must(expiresInSeconds >= 600 && expiresInSeconds <= 86_400, 'the lifetime is sane');
      must(scopes?.includes('') !== true, 'no scope is empty');
      mustShowNoSecret({ token, prefix, tokenType });
    },
    RefreshError,
    ({ code, message }) => {
      must(failureCodes.includes(code), 'the code is of the closed list');
      must(message.length < 400, 'the message is short');
      must(/^[\x20-\x7e]*$/.test(message), 'the message is one printable line');
    },
  ),
  promise(
    'probe answers',
    [
      { error: { code: 1008, message: 'Invalid OAuthToken' } },
      { url: '/api/v2/x/conversations', object: 'list', data: [] },
      { errorCode: 'SCOPE_MISMATCH', message: 'The OAuth Token does not have the scope' },
      { errorCode: 'INVALID_OAUTH', message: 'The OAuth Token you provided is invalid.' },
      { data: [{ id: '1', name: 'Department' }] },
      `<html>${accessToken}</html>`,
    ],
    (body, { status, service, provesScope }) =>
      readProbeAnswer(services[service], { ...probe, isRequired: provesScope }, { status, body }),
    ({ verdict, reason }, { provesScope }) => {
      must(provesScope || verdict !== 'lacks scope', 'a scope that nobody asked for is no fault');
      mustShowNoSecret(reason);
      must(/^[\x20-\x7e]{1,119}$/.test(reason), 'the reason is short, printable and said');
    },
  ),
  promise(
    'stored tokens',
    [
      { ...issued, scope: 'A.b.READ', issued_at: at, expires_at: '2026-03-01T01:00:00Z', configuration: 'abc' },
      'nothing stored yet',
    ],
    parseTokenDocument,
    (document) => {
      must(document.accessToken.reveal() !== '', 'the token is not empty');
      must(!Number.isNaN(document.issuedAt.getTime() + document.expiresAt.getTime()), 'both are instants');
      mustShowNoSecret(document.accessToken);
    },
  ),
  promise(
    'credentials',
    [
      { client_id: '1000.ABCDEF', client_secret: clientSecret, refresh_token: refreshToken },
      { client_id: ' "1000.ABC" ', client_secret: `'${clientSecret}'`, refresh_token: refreshToken },
      clientSecret,
    ],
    (input) => parseCredentials('zoho/desk/credentials', { versionId: 'v', text: input }),
    ({ clientId, clientSecret: secret, refreshToken: refresh, refreshTokenHash }) => {
      must(![clientId, secret.reveal(), refresh.reveal()].includes(''), 'no field is empty');
      must(/^[0-9a-f]{16}$/.test(refreshTokenHash), 'the hash has 16 digits');
      mustShowNoSecret([secret, refresh, refreshTokenHash]);
    },
    RefreshError,
    ({ code }) => must(code === 'credentials_missing', 'the code is credentials_missing'),
  ),
  promise(
    'records',
    [
      renderRecord(
        {
          incident,
          claim: { alert: 'reminder', at: new Date('2026-03-01T06:00:00.000Z'), claims: 1 },
          quiet: { '0123456789abcdef': new Date('2026-03-01T00:15:00.000Z') },
          asked: [new Date('2026-03-01T00:01:00+05:30'), new Date('2026-03-01T00:01:00.123Z')],
        },
        'n',
      ),
      renderRecord(noRecord, 'n'),
    ],
    parseRecord,
    (record) => {
      const again = parseRecord(renderRecord(record, 'nonce'));
      must(JSON.stringify(again) === JSON.stringify(record), 'what was read can be written and read again');
    },
  ),
  promise(
    'connections.json',
    [connectionsFile],
    (input) => readConnections(input).connections.map(({ name }) => name),
    (names) => {
      must(names.length > 0 && new Set(names).size === names.length, 'there is a connection, and no name comes twice');
      for (const name of names) must(/^[a-z0-9-]{1,40}$/.test(name), 'names are names');
    },
    ConnectionsError,
    ({ faults }) => {
      must(faults.length > 0, 'a fault is named');
      for (const { path, problem } of faults)
        must(path.startsWith('$') && problem !== '', 'each has a path and a problem');
    },
  ),
  promise(
    '.env files',
    [
      `ZOHO_CLIENT_ID=1000.ABC\nZOHO_CLIENT_SECRET=${clientSecret}\nSALESIQ_REFRESH_TOKEN=${refreshToken}\nDESK_REFRESH_TOKEN="${refreshToken}"\n`,
      `# by hand\nexport DESK_CLIENT_ID='1005.X'\nDESK_CLIENT_SECRET=${clientSecret}\nDESK_REFRESH_TOKEN=${refreshToken}\nSALESIQ_REFRESH_TOKEN=\n`,
    ],
    (input) => readEnvFile(input, connections),
    (found) => {
      const values = [...found.values()].flatMap((fields) => Object.values(fields));
      must(!values.includes(''), 'no value is empty');
    },
    EnvFileError,
  ),
  promise(
    'events',
    [
      { schedule_arn: 'arn:aws:scheduler:ap-south-1:1:schedule/x/y', scheduled_time: '2026-03-01T00:00:00Z' },
      { connections: ['desk'], reason: 'operator', force: true },
      { connections: ['desk', 'salesiq'], reason: 'unauthorized' },
      { test_alert: true },
      { connections: [accessToken], reason: 'unauthorized' },
      { connections: ['desk'], reason: refreshToken },
      { schedule_arn: accessToken, scheduled_time: refreshToken },
    ],
    (input) => readEvent(parsed(input), ['salesiq', 'desk']),
    (event) => {
      must(event.kind !== 'tick' || !Number.isNaN(event.slot.getTime()), 'a slot is an instant');
      if (event.kind !== 'on demand') return;
      must(event.connections.length > 0, 'some connection is meant');
      must(!event.force || event.reason === 'operator', 'force belongs to operators alone');
    },
    EventError,
    ({ message }) => must(message.length > 0, 'the refusal says why'),
  ),
];

/**
 * Feeds a parser with so many inputs, bent from its samples, and shrinks the first that breaks a promise.
 *
 * @param options.path - Of an earlier failure: goes straight there.
 * @returns The counts, and the shortest input that breaks a promise, with how to get there again.
 */
export function feedBent(
  { name, samples, feed }: Parser,
  options: { seed: number; runs: number; path?: string | undefined; onInput?: (done: number) => void },
) {
  const { seed, runs, path, onInput } = options;
  const counts = { inputs: 0, taken: 0, slowestMilliseconds: 0 };
  const property = fc.property(bentText(samples), circumstances, (input, around) => {
    const { value, milliseconds } = timed(() => feed(input, around));
    must(milliseconds <= longestMilliseconds, `an answer within ${longestMilliseconds} ms`);
    counts.inputs += 1;
    if (value) counts.taken += 1;
    counts.slowestMilliseconds = Math.max(counts.slowestMilliseconds, milliseconds);
    onInput?.(counts.inputs);
  });
  const details = fc.check(property, { seed, numRuns: runs, ...(path === undefined ? {} : { path }) });
  const [input] = details.counterexample ?? [];
  const { counterexamplePath, errorInstance } = details;
  const message = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const failure = input === undefined ? undefined : { input, path: counterexamplePath ?? '', message };
  return { parser: name, ...counts, failure };
}

/** Feeds a parser with inputs whose shape is known to make regular expressions slow; the milliseconds that one takes. */
export function feedLong({ feed }: Parser): number {
  const pieces = ['"', '{', '[', ' ', '1000.', 'a', '\\', '%', '<', 'é', '0'];
  const feedAll = () => {
    for (const piece of pieces) feed(piece.repeat(200_000), { status: 200, service: 'desk', provesScope: true });
  };
  return timed(feedAll).milliseconds / pieces.length;
}

/** In CPU time: how busy the machine is with something else does not count. */
function timed<T>(run: () => T): { value: T; milliseconds: number } {
  const before = process.cpuUsage();
  const value = run();
  return { value, milliseconds: process.cpuUsage(before).user / 1_000 };
}

function parsed(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch {
    return input;
  }
}

function must(holds: boolean, promised: string): void {
  if (!holds) throw new Error(`broken promise: ${promised}`);
}

/** Not in its text, not in JSON, and not for somebody who looks into it. An error's stack adds no more than paths. */
function mustShowNoSecret(value: unknown): void {
  const within = value instanceof Error ? { ...value, cause: value.cause } : value;
  const shown = [String(value), JSON.stringify(value) ?? '', inspect(within, { depth: 9, showHidden: true })];
  must(searchForSecrets(shown, secrets) === undefined, 'no piece of a secret shows');
}
