import { readFileSync } from 'node:fs';
import { parseCredentials } from '../../lambda/aws/credentials-secret.ts';
import { parseTokenDocument } from '../../lambda/aws/token-document.ts';
import { ConnectionsError, readConnections } from '../../lambda/connections/read-connections.ts';
import { EventError, readEvent } from '../../lambda/event.ts';
import { failureCodes, RefreshError } from '../../lambda/failure.ts';
import { parseRecord, renderRecord } from '../../lambda/incident/record.ts';
import { SecretText } from '../../lambda/secret-text.ts';
import { lifeLeftFraction, lifeLineOf } from '../../lambda/stored-token.ts';
import { readProbeAnswer } from '../../lambda/zoho/probe-answer.ts';
import { readTokenAnswer } from '../../lambda/zoho/token-answer.ts';
import { EnvFileError, readEnvFile } from '../../local/real-credentials.ts';
import type { Random } from '../simulation/random.ts';
import { searchForSecrets } from '../simulation/secrets-search.ts';

/** One parser under fire. */
export type Target = {
  readonly name: string;
  /** Inputs that it takes, from which the others are bent. */
  readonly samples: readonly string[];
  /** Feeds it one input and throws where what comes out breaks a promise. */
  readonly feed: (input: string, random: Random) => void;
};

const clientSecret = 'c0ffee11d00d22beef33fade44cafe55dead66f00d77';
const refreshToken = `1000.${'ab12cd34'.repeat(4)}.${'ef56ab78'.repeat(4)}`;
const accessToken = `1000.${'0a1b2c3d'.repeat(4)}.${'4e5f6a7b'.repeat(4)}`;
const sent = [new SecretText(clientSecret), new SecretText(refreshToken)];
const secrets = [clientSecret, refreshToken, accessToken];
const connectionsFile = readFileSync(new URL('../../connections.json', import.meta.url), 'utf8');
const { connections } = readConnections(connectionsFile);

const statuses = [200, 200, 200, 204, 302, 400, 401, 403, 404, 429, 500, 502, 503];
const pick = <T>(values: readonly T[], random: Random): T =>
  values[Math.floor(random() * values.length)] as T;

export const targets: readonly Target[] = [
  {
    name: 'token answers',
    samples: [
      JSON.stringify({
        access_token: accessToken,
        scope: 'Desk.calls.READ Desk.basic.READ',
        api_domain: 'https://www.zohoapis.in',
        token_type: 'Bearer',
        expires_in: 3600,
      }),
      JSON.stringify({ access_token: accessToken, expires_in_sec: 3600, expires_in: 3_600_000 }),
      '{"error":"invalid_code"}',
      '{"error_description":"You have made too many requests","error":"Access Denied","status":"failure"}',
      `{"error":"invalid request: client_secret=${clientSecret} refresh_token=${refreshToken}"}`,
      `<html><body>refresh_token=${refreshToken}</body></html>`,
    ],
    feed(input, random) {
      const status = pick(statuses, random);
      try {
        const token = readTokenAnswer(status, input, sent);
        must(
          /^\d{4}\.[0-9a-f]{16,}\.[0-9a-f]{16,}$/i.test(token.accessToken.reveal()),
          'the token has a shape',
        );
        must(token.accessToken.reveal().startsWith(token.prefix), 'the prefix is its own');
        must(token.expiresInSeconds >= 600 && token.expiresInSeconds <= 86_400, 'the lifetime is sane');
        must(token.scopes === undefined || token.scopes.every((scope) => scope !== ''), 'no scope is empty');
      } catch (fault) {
        if (!(fault instanceof RefreshError)) throw fault;
        must(failureCodes.includes(fault.code), 'the code is of the closed list');
        mustHoldNoSecret(fault.message);
        must(fault.message.length < 400, 'the message is short');
        must(/^[\x20-\x7e]*$/.test(fault.message), 'the message is one printable line');
      }
    },
  },
  {
    name: 'probe answers',
    samples: [
      '{"error":{"code":1008,"message":"Invalid OAuthToken"}}',
      '{"url":"/api/v2/x/conversations","object":"list","data":[]}',
      '{"errorCode":"SCOPE_MISMATCH","message":"The OAuth Token does not have the scope"}',
      '{"errorCode":"INVALID_OAUTH","message":"The OAuth Token you provided is invalid."}',
      '{"data":[{"id":"1","name":"Department"}]}',
      `<html>${accessToken}</html>`,
    ],
    feed(input, random) {
      const service = pick(['salesiq', 'desk'] as const, random);
      const probe = { path: '/', headers: {}, provesScope: random() < 0.5 };
      const verdict = readProbeAnswer(service, probe, { status: pick(statuses, random), body: input });
      const known = ['accepted', 'rejected', 'lacks scope', 'wrong setting', 'cannot tell'];
      must(known.includes(verdict.verdict), 'the verdict is one of five');
      must(
        probe.provesScope || verdict.verdict !== 'lacks scope',
        'a scope that nobody asked for is no fault',
      );
      mustHoldNoSecret(verdict.reason);
      must(verdict.reason.length < 120, 'the reason is short');
    },
  },
  {
    name: 'stored tokens',
    samples: [
      JSON.stringify({
        version: 1,
        access_token: accessToken,
        scope: 'Desk.calls.READ',
        issued_at: '2026-03-01T00:00:00.000Z',
        expires_at: '2026-03-01T01:00:00.000Z',
        configuration: 'abc',
      }),
      'nothing stored yet',
    ],
    feed(input) {
      const document = parseTokenDocument(input);
      const now = new Date('2026-03-01T00:30:00Z');
      const stored = { versionId: 'v', document, isFoundDead: false };
      const fraction = lifeLeftFraction(stored, now);
      must(Number.isFinite(fraction) && fraction >= 0, 'the life left is a number');
      must(fraction > 0 || lifeLineOf(stored, now) === 'expired', 'no life is expired');
      if (document === undefined) return;
      must(document.accessToken.reveal() !== '', 'the token is not empty');
      must(!Number.isNaN(document.expiresAt.getTime()), 'the expiry is an instant');
      must(!JSON.stringify(document).includes(accessToken.slice(6, 18)), 'printing it shows no token');
    },
  },
  {
    name: 'credentials',
    samples: [
      JSON.stringify({ client_id: '1000.ABCDEF', client_secret: clientSecret, refresh_token: refreshToken }),
      JSON.stringify({
        client_id: ' "1000.ABC" ',
        client_secret: `'${clientSecret}'`,
        refresh_token: refreshToken,
      }),
    ],
    feed(input) {
      try {
        const credentials = parseCredentials('zoho/desk/credentials', { versionId: 'v', text: input });
        must(credentials.clientId !== '' && credentials.refreshToken.reveal() !== '', 'no field is empty');
        must(/^[0-9a-f]{16}$/.test(credentials.refreshTokenHash), 'the hash has 16 digits');
        mustHoldNoSecret(JSON.stringify({ ...credentials, clientId: '' }));
      } catch (fault) {
        if (!(fault instanceof RefreshError)) throw fault;
        must(fault.code === 'credentials_missing', 'the code is credentials_missing');
        mustHoldNoSecret(fault.message);
      }
    },
  },
  {
    name: 'records',
    samples: [
      JSON.stringify({
        version: 1,
        state: 'open',
        incident: {
          since: '2026-03-01T00:00:00.000Z',
          code: 'invalid_code',
          kind: 'operator',
          message: 'Zoho refused the refresh',
          counted_from: '2026-03-01T00:00:00.000Z',
          failed_at: '2026-03-01T00:00:00.000Z',
          configuration: 'abc',
          told_line: 'enough',
          reminders: 0,
        },
        step: { alert: 'open', status: 'claimed', at: '2026-03-01T00:00:00.000Z', claims: 1 },
        asked_at: [],
        throttle: {
          refresh_token_hash: '0123456789abcdef',
          counted_from: '2026-03-01T00:00:00.000Z',
          at: '2026-03-01T00:00:00.000Z',
        },
        nonce: 'n',
      }),
      '{"version":1,"state":"closed","asked_at":[],"nonce":"n"}',
    ],
    feed(input) {
      const record = parseRecord(input);
      if (record === undefined) return;
      const again = parseRecord(renderRecord(record, 'nonce'));
      must(JSON.stringify(again) === JSON.stringify(record), 'what was read can be written and read again');
    },
  },
  {
    name: 'connections.json',
    samples: [connectionsFile],
    feed(input) {
      try {
        const read = readConnections(input);
        must(read.connections.length > 0, 'there is a connection');
        const names = read.connections.map(({ name }) => name);
        must(new Set(names).size === names.length, 'no name comes twice');
        must(
          names.every((name) => /^[a-z0-9-]{1,40}$/.test(name)),
          'names are names',
        );
      } catch (fault) {
        if (!(fault instanceof ConnectionsError)) throw fault;
        must(fault.faults.length > 0, 'a fault is named');
        must(
          fault.faults.every(({ path }) => path.startsWith('$')),
          'each fault has a path',
        );
      }
    },
  },
  {
    name: '.env files',
    samples: [
      `ZOHO_CLIENT_ID=1000.ABC\nZOHO_CLIENT_SECRET=${clientSecret}\nSALESIQ_REFRESH_TOKEN=${refreshToken}\nDESK_REFRESH_TOKEN="${refreshToken}"\n`,
      `# by hand\nexport DESK_CLIENT_ID='1005.X'\nDESK_CLIENT_SECRET=${clientSecret}\nDESK_REFRESH_TOKEN=${refreshToken}\nSALESIQ_REFRESH_TOKEN=\n`,
    ],
    feed(input) {
      try {
        const found = readEnvFile(input, connections);
        for (const fields of found.values()) {
          must(
            Object.values(fields).every((value) => value !== ''),
            'no value is empty',
          );
        }
      } catch (fault) {
        if (!(fault instanceof EnvFileError)) throw fault;
        mustHoldNoSecret(fault.message);
      }
    },
  },
  {
    name: 'events',
    samples: [
      '{"schedule_arn":"arn:aws:scheduler:ap-south-1:1:schedule/x/y","scheduled_time":"2026-03-01T00:00:00Z"}',
      '{"connections":["desk"],"reason":"operator","force":true}',
      '{"connections":["desk","salesiq"],"reason":"unauthorized"}',
      '{"test_alert":true}',
      `{"connections":["${accessToken}"],"reason":"unauthorized"}`,
      `{"connections":["desk"],"reason":"${refreshToken}"}`,
      `{"schedule_arn":"${accessToken}","scheduled_time":"${refreshToken}"}`,
    ],
    feed(input) {
      let event: unknown;
      try {
        event = JSON.parse(input);
      } catch {
        event = input;
      }
      try {
        const read = readEvent(event, ['salesiq', 'desk']);
        must(read.kind !== 'tick' || !Number.isNaN(read.slot.getTime()), 'a slot is an instant');
        must(read.kind !== 'on demand' || read.connections.length > 0, 'some connection is meant');
        must(
          read.kind !== 'on demand' || !read.force || read.reason === 'operator',
          'force is an operator alone',
        );
      } catch (fault) {
        if (!(fault instanceof EventError)) throw fault;
        must(fault.message.length > 0, 'the refusal says why');
        mustHoldNoSecret(fault.message);
      }
    },
  },
];

function must(holds: boolean, promise: string): void {
  if (!holds) throw new Error(`broken promise: ${promise}`);
}

function mustHoldNoSecret(text: string): void {
  must(searchForSecrets([text], secrets) === undefined, 'no piece of a secret is in a message');
}
