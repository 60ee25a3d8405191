import { readFileSync } from 'node:fs';
import process from 'node:process';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { parseCredentials } from '../../lambda/aws/credentials-secret.ts';
import { parseTokenDocument } from '../../lambda/aws/token-document.ts';
import { ConnectionsError, readConnections } from '../../lambda/connections/read-connections.ts';
import { EventError, readEvent } from '../../lambda/event.ts';
import { RefreshError } from '../../lambda/failure.ts';
import { type IncidentRecord, noRecord, parseRecord, renderRecord } from '../../lambda/incident/record.ts';
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
  /** Inputs that it takes or knows, as text or as what is sent as JSON; the others are bent from them. */
  readonly samples: readonly (string | object)[];
  /** Reads one input, and throws if what comes out breaks a promise; returns whether the input was taken. */
  readonly take: (input: string, circumstances: Circumstances) => boolean;
  /** The one class of error that it may throw, and what such an error always says. */
  readonly refusal?: readonly [kind: new (...parts: never) => Error, says: RegExp];
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

const issued = { access_token: accessToken, token_type: 'Bearer', expires_in: 3600 };
const record: IncidentRecord = {
  incident: {
    code: 'invalid_code',
    message: 'Zoho refused the refresh',
    since: new Date(at),
    tries: 2,
    due: new Date('2026-03-01T00:10:00.000Z'),
    with: { credentials: 'c', configuration: 'abc', token: 't' },
    told: { at: new Date(at), token: 't', kind: 'operator' },
  },
  claim: { alert: 'reminder', at: new Date('2026-03-01T06:00:00.000Z'), claims: 1 },
  quiet: { '0123456789abcdef': new Date('2026-03-01T00:15:00.000Z') },
  asked: [new Date('2026-03-01T00:01:00+05:30'), new Date('2026-03-01T00:01:00.123Z')],
};

/** Every parser that reads what others wrote. */
export const parsers: readonly Parser[] = [
  {
    name: 'token answers',
    samples: [
      { ...issued, scope: 'Desk.calls.READ Desk.basic.READ', api_domain: 'https://www.zohoapis.in' },
      { access_token: accessToken, expires_in_sec: 3600, expires_in: 3_600_000, refresh_token: refreshToken },
      { ...issued, access_token: `${clientSecret}.${accessToken}`, scope: refreshToken },
      { ...issued, token_type: refreshToken, expires_in: clientSecret, api_domain: accessToken },
      { error: 'invalid_code' },
      { error_description: 'You have made too many requests', error: 'Access Denied', status: 'failure' },
      { error: `invalid request: client_secret=${clientSecret} refresh_token=${refreshToken}` },
      `<html><body>refresh_token=${refreshToken}&access_token=${accessToken}</body></html>`,
    ],
    take(input, { status }) {
      const anew = readRefreshToken(input);
      must(anew?.reveal() !== '', 'a refresh token is not empty');
      mustShowNoSecret(anew);
      const { accessToken: token, prefix, expiresInSeconds, scopes, tokenType } = readTokenAnswer(status, input, sent);
      must(/^\d{4}\.[0-9a-f]{16,}\.[0-9a-f]{16,}$/i.test(token.reveal()), 'the token has a shape');
      must(token.reveal().startsWith(prefix), 'the prefix is its own');
      must(expiresInSeconds >= 600 && expiresInSeconds <= 86_400, 'the lifetime is sane');
      must(scopes?.includes('') !== true, 'no scope is empty');
      mustShowNoSecret({ token, prefix, tokenType });
      return true;
    },
    refusal: [RefreshError, /^[\x20-\x7e]{1,399}$/],
  },
  {
    name: 'probe answers',
    samples: [
      { error: { code: 1008, message: 'Invalid OAuthToken' } },
      { url: '/api/v2/x/conversations', object: 'list', data: [] },
      { errorCode: 'SCOPE_MISMATCH', message: 'The OAuth Token does not have the scope' },
      { errorCode: 'INVALID_OAUTH', message: 'The OAuth Token you provided is invalid.' },
      { data: [{ id: '1', name: 'Department' }] },
      `<html>${accessToken}</html>`,
    ],
    take(body, { status, service, provesScope }) {
      const probe = { path: '/', errors: undefined, isCovered: true, isRequired: provesScope };
      const { verdict, reason } = readProbeAnswer(services[service], probe, { status, body });
      must(provesScope || verdict !== 'lacks scope', 'a scope that nobody asked for is no fault');
      must(/^[\x20-\x7e]{1,119}$/.test(reason), 'the reason is short, printable and said');
      mustShowNoSecret(reason);
      return true;
    },
  },
  {
    name: 'stored tokens',
    samples: [
      { ...issued, scope: 'A.b.READ', issued_at: at, expires_at: '2026-03-01T01:00:00Z', configuration: 'abc' },
      'nothing stored yet',
    ],
    take(input) {
      const document = parseTokenDocument(input);
      if (document === undefined) return false;
      must(document.accessToken.reveal() !== '', 'the token is not empty');
      must(!Number.isNaN(document.issuedAt.getTime() + document.expiresAt.getTime()), 'both are instants');
      mustShowNoSecret(document.accessToken);
      return true;
    },
  },
  {
    name: 'credentials',
    samples: [
      { client_id: '1000.ABCDEF', client_secret: clientSecret, refresh_token: refreshToken },
      { client_id: ' "1000.ABC" ', client_secret: `'${clientSecret}'`, refresh_token: refreshToken },
      clientSecret,
    ],
    take(text) {
      const { clientId, clientSecret: secret, ...rest } = parseCredentials('desk', { versionId: 'v', text });
      must(![clientId, secret.reveal(), rest.refreshToken.reveal()].includes(''), 'no field is empty');
      mustShowNoSecret([secret, rest]);
      return true;
    },
    refusal: [RefreshError, /^expected {"client_id","client_secret","refresh_token"} in desk, but /],
  },
  {
    name: 'records',
    samples: [renderRecord(record, 'n'), renderRecord(noRecord, 'n')],
    take(input) {
      const read = parseRecord(input);
      if (read === undefined) return false;
      const again = parseRecord(renderRecord(read, 'nonce'));
      must(JSON.stringify(again) === JSON.stringify(read), 'what was read can be written and read again');
      return true;
    },
  },
  {
    name: 'connections.json',
    samples: [connectionsFile],
    take(input) {
      const names = readConnections(input).connections.map(({ name }) => name);
      must(names.length > 0 && new Set(names).size === names.length, 'there is a connection, and no name comes twice');
      must(/^([a-z0-9-]{1,40}( |$))+$/.test(names.join(' ')), 'names are names');
      return true;
    },
    refusal: [ConnectionsError, /^connections\.json has [1-9]\d* faults?\n {2}\$.*: /],
  },
  {
    name: '.env files',
    samples: [
      `ZOHO_CLIENT_ID=1000.ABC\nZOHO_CLIENT_SECRET=${clientSecret}\nSALESIQ_REFRESH_TOKEN=${refreshToken}\nDESK_REFRESH_TOKEN="${refreshToken}"\n`,
      `# by hand\nexport DESK_CLIENT_ID='1005.X'\nDESK_CLIENT_SECRET=${clientSecret}\nDESK_REFRESH_TOKEN=${refreshToken}\nSALESIQ_REFRESH_TOKEN=\n`,
    ],
    take(input) {
      const values = [...readEnvFile(input, connections).values()].flatMap((fields) => Object.values(fields));
      must(!values.includes(''), 'no value is empty');
      return true;
    },
    refusal: [EnvFileError, /./],
  },
  {
    name: 'events',
    samples: [
      { schedule_arn: 'arn:aws:scheduler:ap-south-1:1:schedule/x/y', scheduled_time: '2026-03-01T00:00:00Z' },
      { connections: ['desk'], reason: 'operator', force: true },
      { connections: ['desk', 'salesiq'], reason: 'unauthorized' },
      { test_alert: true },
      { connections: [accessToken], reason: 'unauthorized' },
      { connections: ['desk'], reason: refreshToken },
      { schedule_arn: accessToken, scheduled_time: refreshToken },
    ],
    take(input) {
      const event = readEvent(parsed(input), ['salesiq', 'desk']);
      must(event.kind !== 'tick' || !Number.isNaN(event.slot.getTime()), 'a slot is an instant');
      if (event.kind !== 'on demand') return true;
      must(event.connections.length > 0, 'some connection is meant');
      must(!event.force || event.reason === 'operator', 'force belongs to operators alone');
      return true;
    },
    refusal: [EventError, /./],
  },
];

/** Feeds a parser with one input; throws if a promise breaks, and returns whether the input was taken. */
function feed({ take, refusal }: Parser, input: string, around: Circumstances): boolean {
  try {
    return take(input, around);
  } catch (fault) {
    if (refusal === undefined || !(fault instanceof refusal[0])) throw fault;
    mustShowNoSecret(fault);
    must(refusal[1].test(fault.message), 'the refusal says what it should');
    return false;
  }
}

/**
 * Feeds a parser with so many inputs, bent from its samples, and shrinks the first that breaks a promise.
 *
 * @param options.path - Of an earlier failure: goes straight there.
 * @returns The counts, and the shortest input that breaks a promise, with how to get there again.
 */
export function feedBent(
  parser: Parser,
  options: { seed: number; runs: number; path?: string | undefined; onInput?: (done: number) => void },
) {
  const { seed, runs, path, onInput } = options;
  const counts = { inputs: 0, taken: 0 };
  const samples = parser.samples.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
  const property = fc.property(bentText(samples), circumstances, (input, around) => {
    const startedAt = process.cpuUsage();
    if (feed(parser, input, around)) counts.taken += 1;
    must(millisecondsSince(startedAt) <= longestMilliseconds, `an answer within ${longestMilliseconds} ms`);
    counts.inputs += 1;
    onInput?.(counts.inputs);
  });
  const details = fc.check(property, { seed, numRuns: runs, ...(path === undefined ? {} : { path }) });
  const [input] = details.counterexample ?? [];
  const { counterexamplePath, errorInstance } = details;
  const message = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const failure = input === undefined ? undefined : { input, path: counterexamplePath ?? '', message };
  return { parser: parser.name, ...counts, failure };
}

/** Feeds a parser with inputs whose shape is known to make regular expressions slow; the milliseconds that one takes. */
export function feedLong(parser: Parser): number {
  const pieces = ['"', '{', '[', ' ', '1000.', 'a', '\\', '%', '<', 'é', '0'];
  const startedAt = process.cpuUsage();
  for (const piece of pieces) feed(parser, piece.repeat(200_000), { status: 200, service: 'desk', provesScope: true });
  return millisecondsSince(startedAt) / pieces.length;
}

/** In CPU time: how busy the machine is with something else does not count. */
function millisecondsSince(before: NodeJS.CpuUsage): number {
  return process.cpuUsage(before).user / 1_000;
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
