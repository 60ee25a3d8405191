import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCredentials } from '../../../lambda/aws/credentials-secret.ts';
import {
  configurationHash,
  parseTokenDocument,
  renderTokenDocument,
} from '../../../lambda/aws/token-document.ts';
import { dataCenters } from '../../../lambda/connections/data-centers.ts';
import { ConnectionsError, readConnections } from '../../../lambda/connections/read-connections.ts';
import { readZohoEndpointUrl } from '../../../lambda/environment.ts';
import { EventError, readEvent } from '../../../lambda/event.ts';
import { failureCodes, RefreshError } from '../../../lambda/failure.ts';
import { describeIncident } from '../../../lambda/incident/alert.ts';
import {
  alertStates,
  type IncidentRecord,
  parseRecord,
  renderRecord,
} from '../../../lambda/incident/record.ts';
import { renderAlert } from '../../../lambda/incident/render-alert.ts';
import { SecretText } from '../../../lambda/secret-text.ts';
import { isUsable, lifeLeftFraction, lifeLineOf, lifeLines } from '../../../lambda/stored-token.ts';
import { readProbeAnswer } from '../../../lambda/zoho/probe.ts';
import { quote } from '../../../lambda/zoho/quote.ts';
import { missingScopes, splitScopes } from '../../../lambda/zoho/scopes.ts';
import { serviceHost, services } from '../../../lambda/zoho/services.ts';
import { type IssuedToken, readRefreshToken, readTokenAnswer } from '../../../lambda/zoho/token-answer.ts';
import { desk, incidentOf, links, salesiq, start, storedUntil } from './examples.ts';
import { seed } from './property.ts';

const hex = (length: number) =>
  fc
    .noBias(fc.uint8Array({ minLength: length / 2, maxLength: length / 2 }))
    .map((bytes) => Buffer.from(bytes).toString('hex'));
const zohoToken = fc
  .tuple(fc.constantFrom('1000.', '1005.'), hex(32), hex(32))
  .map(([prefix, a, b]) => `${prefix}${a}.${b}`);
const clientSecret = hex(42);
const status = fc.oneof(
  fc.constantFrom(200, 201, 204, 301, 302, 400, 401, 403, 404, 429, 500, 502, 503),
  fc.integer({ min: 100, max: 599 }),
);
/** Instants that ISO 8601 writes with four digits. */
const instant = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });

type Secrets = { readonly clientSecret: string; readonly refreshToken: string; readonly accessToken: string };
const secrets: fc.Arbitrary<Secrets> = fc.record({
  clientSecret,
  refreshToken: zohoToken,
  accessToken: zohoToken,
});

/** Made before the secrets are known, and filled in with them. */
type With<T> = (all: Secrets) => T;
const always =
  <T>(value: T): With<T> =>
  () =>
    value;
const all =
  <T>(parts: readonly With<T>[]): With<T[]> =>
  (secrets) =>
    parts.map((part) => part(secrets));

/** Text that may hold any of the secrets: those of the request cut anywhere, a new token with its prefix. */
const echoing: fc.Arbitrary<With<string>> = fc
  .array(
    fc.oneof(
      fc.tuple(fc.constantFrom('clientSecret' as const, 'refreshToken' as const), fc.nat(30), fc.nat(90)).map(
        ([which, start, end]): With<string> =>
          (secrets) =>
            secrets[which].slice(start, end),
      ),
      fc.nat(90).map(
        (end): With<string> =>
          ({ accessToken }) =>
            accessToken.slice(0, end),
      ),
      fc.constantFrom('clientSecret' as const, 'refreshToken' as const, 'accessToken' as const).map(
        (which): With<string> =>
          (secrets) =>
            secrets[which],
      ),
      fc.string({ unit: 'binary' }).map(always),
      fc.constantFrom(' ', '"', '\\', '\n', '<br>', '%20', '&refresh_token=').map(always),
    ),
    { maxLength: 8 },
  )
  .map((parts) => (secrets) => all(parts)(secrets).join(''));

const anything: fc.Arbitrary<With<unknown>> = fc.oneof(
  { weight: 4, arbitrary: echoing },
  { weight: 1, arbitrary: fc.jsonValue().map(always) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(null, true, 0, 3600, 3_600_000, 'Bearer', 'failure', 'invalid_code', 'Access Denied')
      .map(always),
  },
);

const token: With<unknown> = ({ accessToken }) => accessToken;
const fieldNames = [
  'access_token',
  'expires_in',
  'expires_in_sec',
  'token_type',
  'scope',
  'api_domain',
  'refresh_token',
  'error',
  'error_description',
  'status',
] as const;

function objectOf(fields: Readonly<Record<string, With<unknown>>>): With<string> {
  return (secrets) =>
    JSON.stringify(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value(secrets)])));
}

const object: fc.Arbitrary<With<string>> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.dictionary(fc.constantFrom(...fieldNames), anything), fc.boolean())
      .map(([fields, hasToken]) => objectOf({ ...fields, ...(hasToken ? { access_token: token } : {}) })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(3600, '3600', 3_600_000, undefined), echoing)
      .map(([expiresIn, scope]) =>
        objectOf({ access_token: token, expires_in: always(expiresIn), scope, refresh_token: always(null) }),
      ),
  },
);

/** Bodies from sensible to senseless, with secrets in every place. */
const bodies: fc.Arbitrary<With<string>> = fc.oneof(
  { weight: 4, arbitrary: object },
  { weight: 2, arbitrary: echoing },
  {
    weight: 1,
    arbitrary: object.map(
      (each): With<string> =>
        (secrets) =>
          each(secrets).slice(0, -3),
    ),
  },
  {
    weight: 1,
    arbitrary: object.map(
      (each): With<string> =>
        (secrets) =>
          `<html>${each(secrets)}</html>`,
    ),
  },
  { weight: 1, arbitrary: fc.json().map(always) },
);

/** Whether text holds a secret or twelve characters of one in a row. */
function leaks(text: string, { clientSecret, refreshToken, accessToken }: Secrets): boolean {
  for (const secret of [clientSecret, refreshToken, accessToken]) {
    for (let start = 0; start + 12 <= secret.length; start += 1) {
      if (text.includes(secret.slice(start, start + 12))) return true;
    }
  }
  return false;
}

/** For a loaded machine; alone, all of them take two seconds. */
const timeout = 60_000;

describe(`with seed ${seed}`, { timeout }, () => {
  test('any answer to a refresh gives a token or a judged failure, and no secret shows', () => {
    let tokens = 0;
    fc.assert(
      fc.property(secrets, status, bodies, (all, code, template) => {
        const body = template(all);
        let printed: string;
        try {
          const token = readTokenAnswer(code, body, [
            new SecretText(all.clientSecret),
            new SecretText(all.refreshToken),
          ]);
          expect(token.accessToken.reveal()).toMatch(/^\d{4}\.[0-9a-f]{16,}\.[0-9a-f]{16,}$/i);
          expect(token.expiresInSeconds).toBeGreaterThanOrEqual(600);
          expect(token.expiresInSeconds).toBeLessThanOrEqual(86_400);
          tokens += 1;
          const { scopes: _, apiDomain: __, ...rest } = token;
          printed =
            inspect(rest, { depth: 9, showHidden: true }) + JSON.stringify(rest) + String(token.accessToken);
        } catch (fault) {
          if (!(fault instanceof RefreshError)) throw fault;
          expect(failureCodes).toContain(fault.code);
          printed = `${fault.message}${fault.stack}${inspect(fault, { depth: 9, showHidden: true })}${JSON.stringify(fault)}${fault}`;
        }
        expect(leaks(printed, all)).toBe(false);
      }),
      { numRuns: 600 },
    );
    // Both ways were taken, or the property shows nothing.
    expect(tokens).toBeGreaterThan(10);
  });

  test('any answer has a refresh token or none; nothing is thrown, and what is in it does not show', () => {
    fc.assert(
      fc.property(secrets, bodies, (all, template) => {
        const token = readRefreshToken(template(all));
        if (token === undefined) return;
        expect(token.reveal()).not.toBe('');
        expect(leaks(inspect(token, { depth: 9, showHidden: true }) + JSON.stringify(token), all)).toBe(
          false,
        );
      }),
      { numRuns: 600 },
    );
    expect(readRefreshToken(`{"refresh_token":"1000.${'0a'.repeat(16)}.${'1b'.repeat(16)}"}`)).toBeDefined();
  });

  test('any text is quoted on one line of at most 122 printable characters, without a secret', () => {
    fc.assert(
      fc.property(secrets, echoing, (all, template) => {
        const text = template(all);
        const all3 = [all.clientSecret, all.refreshToken, all.accessToken].map(
          (each) => new SecretText(each),
        );
        const found = quote(text, all3);
        expect(found).toMatch(/^"[\x20\x21\x23-\x7e]{0,120}"$/);
        expect(leaks(found, all)).toBe(false);
      }),
    );
  });

  test('any answer to a probe gives a verdict', () => {
    const body = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .record(
          { error: fc.record({ code: fc.jsonValue() }), errorCode: fc.jsonValue(), data: fc.jsonValue() },
          { requiredKeys: [] },
        )
        .map((each) => JSON.stringify(each)),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(services)),
        fc.boolean(),
        status,
        body,
        (service, isRequired, code, text) => {
          const { verdict, reason } = readProbeAnswer(
            service,
            { path: '/', errors: undefined, isCovered: true, isRequired },
            { status: code, body: text },
          );
          expect(['accepted', 'rejected', 'lacks scope', 'wrong setting', 'cannot tell']).toContain(verdict);
          expect(reason).toMatch(/^[\x20-\x7e]{1,119}$/);
        },
      ),
    );
  });

  test('any text is a token document or is not; nothing is thrown', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .dictionary(fc.constantFrom('access_token', 'issued_at', 'expires_at', 'scope'), fc.jsonValue())
        .map((each) => JSON.stringify(each)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const document = parseTokenDocument(text);
        if (document === undefined) return;
        expect(Number.isNaN(document.issuedAt.getTime() + document.expiresAt.getTime())).toBe(false);
        expect(document.accessToken.reveal()).not.toBe('');
      }),
    );
  });

  test('any text is a record whose every instant can be written again, or is not; nothing is thrown', () => {
    const odd = fc.oneof(
      fc.string(),
      instant.map((each) => each.toISOString()),
      fc.stringMatching(
        /^20\d\d-[01]\d-[0-3]\d[T ][0-2]\d:[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-][01]\d(:?[0-5]\d)?)$/,
      ),
    );
    const nearly = fc
      .record({ state: fc.constantFrom('open', 'closed'), asked_at: fc.array(odd, { maxLength: 2 }) })
      .map((each) => JSON.stringify(each));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), nearly), (text) => {
        const record = parseRecord(text);
        if (record !== undefined) expect(parseRecord(renderRecord(record, 'n'))).toEqual(record);
      }),
    );
  });

  test('any text is a connections file, or every fault of it has a path', () => {
    const field = fc.oneof(fc.jsonValue(), fc.constantFrom('desk', 'in', '1000.', 'Desk.calls.READ'));
    const entry = fc.dictionary(
      fc.constantFrom(
        'name',
        'service',
        'data_center',
        'token_prefix',
        'required_scopes',
        'optional_scopes',
        'settings',
        'x',
      ),
      field,
    );
    const nearly = fc
      .record({ connections: fc.array(fc.oneof(entry, fc.jsonValue()), { maxLength: 3 }) })
      .map((each) => JSON.stringify(each));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), nearly), (text) => {
        try {
          readConnections(text);
        } catch (fault) {
          if (!(fault instanceof ConnectionsError)) throw fault;
          expect(fault.faults.length).toBeGreaterThan(0);
          for (const { path, problem } of fault.faults)
            expect([path[0], problem.length > 0]).toEqual(['$', true]);
        }
      }),
    );
  });

  test('any event is understood or refused', () => {
    const nearly = fc.dictionary(
      fc.constantFrom('schedule_arn', 'scheduled_time', 'connections', 'reason', 'force', 'test_alert'),
      fc.oneof(fc.jsonValue(), fc.constantFrom(true, 'operator', ['desk'])),
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.jsonValue(), nearly), (event) => {
        try {
          const { kind } = readEvent(event, ['desk', 'salesiq']);
          expect(['tick', 'on demand', 'test alert']).toContain(kind);
        } catch (fault) {
          if (!(fault instanceof EventError)) throw fault;
        }
      }),
    );
  });

  test('any credentials are complete or judged, and what is stored there never shows', () => {
    const value = fc.oneof(clientSecret, fc.jsonValue());
    const texts = fc
      .record({ client_id: value, client_secret: value, refresh_token: value }, { requiredKeys: [] })
      .map((each) => JSON.stringify(each));
    fc.assert(
      fc.property(fc.oneof(texts, clientSecret, fc.string()), (text) => {
        try {
          const found = parseCredentials('zoho/desk/credentials', { versionId: 'v1', text });
          expect(found.clientSecret.reveal()).not.toBe('');
        } catch (fault) {
          if (!(fault instanceof RefreshError)) throw fault;
          expect(fault.code).toBe('credentials_missing');
          for (const [secret] of text.matchAll(/[0-9a-f]{42}/g)) expect(inspect(fault)).not.toContain(secret);
        }
      }),
    );
  });

  test('no spelling of ZOHO_ENDPOINT_URL leads a call away from this machine', () => {
    const piece = fc.constantFrom(
      'http',
      'https',
      ':',
      '/',
      '//',
      '\\',
      '@',
      '#',
      '?',
      '.',
      '127.0.0.1',
      'localhost',
      '[::1]',
      'example.com',
      '%2e',
      '\t',
      ' ',
      '0x7f',
      '127',
      ':80',
      '。',
    );
    const spelling = fc.oneof(
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      fc.array(piece, { maxLength: 8 }).map((parts) => parts.join('')),
      fc.array(piece, { maxLength: 6 }).map((parts) => `http://${parts.join('')}`),
      fc.array(piece, { maxLength: 6 }).map((parts) => `http://127.0.0.1${parts.join('')}`),
      fc.array(piece, { maxLength: 6 }).map((parts) => `http://localhost${parts.join('')}`),
    );
    fc.assert(
      fc.property(spelling, (value) => {
        let endpoint: string | undefined;
        try {
          endpoint = readZohoEndpointUrl(value);
        } catch (fault) {
          expect((fault as Error).message).toMatch(/^ZOHO_ENDPOINT_URL/);
          return;
        }
        if (endpoint === undefined) expect(value).toBe('');
        expect(endpoint ?? '').not.toMatch(/[?#\\\s]|\/$/);
        const host = URL.parse(`${endpoint ?? 'http://localhost'}/accounts.zoho.in`)?.hostname ?? 'localhost';
        expect(host).toMatch(/^(127(\.\d+){3}|localhost|\[::1\])$/);
      }),
      { numRuns: 2_000 },
    );
  });

  describe('scopes', () => {
    const word = fc.constantFrom(
      'conversations',
      'calls',
      'activities',
      'departments',
      'basic',
      'settings',
      'apps',
    );
    const scope = fc
      .tuple(
        fc.constantFrom('Desk', 'SalesIQ', 'desk'),
        word,
        fc.option(word, { nil: undefined }),
        fc.constantFrom('READ', 'CREATE', 'UPDATE', 'ALL', 'read'),
      )
      .map((parts) => parts.filter((part) => part !== undefined).join('.'));
    const scopes = fc.array(scope, { maxLength: 6 });

    test('that are granted are never missing, whatever their case', () => {
      fc.assert(
        fc.property(scope, (each) => {
          expect(missingScopes([each], [each])).toEqual([]);
          expect(missingScopes([each], [each.toUpperCase()])).toEqual([]);
          expect(missingScopes([each.toLowerCase()], [each])).toEqual([]);
        }),
      );
    });

    test('that are missing become no more by a further grant', () => {
      fc.assert(
        fc.property(scopes, scopes, scope, (required, granted, further) => {
          const before = missingScopes(required, granted);
          const after = missingScopes(required, [...granted, further]);
          expect(before).toEqual(expect.arrayContaining(after));
        }),
      );
    });

    test('that are missing are missing each by itself', () => {
      fc.assert(
        fc.property(scopes, scopes, (required, granted) => {
          expect(missingScopes(required, granted)).toEqual(
            required.filter((each) => missingScopes([each], granted).length > 0),
          );
        }),
      );
    });

    test('are covered in one direction: what a scope covers is no wider than it', () => {
      fc.assert(
        fc.property(scope, (each) => {
          const all = each.replace(/\.[^.]+$/, '.ALL');
          expect(missingScopes([each], [all])).toEqual([]);
          if (!/\.all$/i.test(each)) expect(missingScopes([all], [each])).toEqual([all]);
        }),
      );
    });

    test('are split alike with commas and spaces', () => {
      fc.assert(
        fc.property(scopes, (all) => {
          expect(splitScopes(all.join(' '))).toEqual(all);
          expect(splitScopes(all.join(','))).toEqual(all);
        }),
      );
    });
  });

  test('a token document is read as it was written', () => {
    const token: fc.Arbitrary<IssuedToken> = fc.record({
      accessToken: zohoToken.map((each) => new SecretText(each)),
      prefix: fc.constant('1000.'),
      expiresInSeconds: fc.integer({ min: 600, max: 86_400 }),
      tokenType: fc.constant('Bearer'),
      scopes: fc.option(fc.array(fc.stringMatching(/^[A-Za-z]\w*(\.\w+)+$/), { minLength: 1 }), {
        nil: undefined,
      }),
      apiDomain: fc.option(fc.webUrl(), { nil: undefined }),
    });
    const connection = fc
      .tuple(fc.constantFrom(salesiq, desk), fc.constantFrom(...dataCenters))
      .filter(([{ service }, dataCenter]) => serviceHost(service, dataCenter) !== undefined)
      .map(([each, dataCenter]) => ({ ...each, dataCenter }));
    fc.assert(
      fc.property(connection, token, instant, fc.boolean(), (each, issued, issuedAt, hasSettingFault) => {
        const text = renderTokenDocument(each, issued, { issuedAt, nonce: 'n', hasSettingFault });
        const document = parseTokenDocument(text);
        expect(document?.accessToken.reveal()).toBe(issued.accessToken.reveal());
        expect(document).toMatchObject({
          scopes: issued.scopes,
          issuedAt,
          hasSettingFault,
          configuration: configurationHash(each),
        });
        expect((document?.expiresAt.getTime() ?? 0) - issuedAt.getTime()).toBe(
          issued.expiresInSeconds * 1000,
        );
      }),
    );
  });

  test('a record is read as it was written', () => {
    const kind = fc.constantFrom('operator', 'setting', 'throttle', 'transient');
    const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
    const failedWith = { credentials: maybe(fc.string()), configuration: fc.string(), token: fc.string() };
    const hash = fc.stringMatching(/^[0-9a-f]{16}$/);
    const record: fc.Arbitrary<IncidentRecord> = fc.record({
      incident: maybe(
        fc.record({
          code: fc.constantFrom(...failureCodes),
          message: fc.string({ unit: 'binary' }),
          since: instant,
          tries: fc.nat(),
          due: instant,
          with: fc.record(failedWith),
          told: maybe(fc.record({ at: instant, token: fc.string(), kind })),
        }),
      ),
      claim: maybe(fc.record({ alert: fc.constantFrom(...alertStates), at: instant, claims: fc.nat() })),
      quiet: fc.dictionary(hash, instant, { maxKeys: 3, noNullPrototype: true }),
      dead: maybe(fc.record({ token: fc.string(), since: instant })),
      asked: fc.array(instant, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(record, (each) => {
        expect(parseRecord(renderRecord(each, 'nonce'))).toEqual(each);
      }),
    );
  });

  test('any words make an alert that SNS takes: subject, texts, attributes', () => {
    const words = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(words, fc.constantFrom(...alertStates), fc.nat(200), (message, state, minutes) => {
        const facts = { stored: storedUntil(minutes), now: start };
        const incident = incidentOf('refused', { message });
        const alert = describeIncident(desk, state, incident, facts, links);
        const rendered = renderAlert(alert);
        expect(rendered.subject).toMatch(/^[\x20-\x7e]{1,99}$/);
        const parts = JSON.parse(rendered.message);
        expect(parts.sms).toMatch(/^[\x20-\x7e]{1,140}$/);
        expect(JSON.parse(parts.sqs)).toEqual(alert.event);
        expect(parts.default).toContain(message);
      }),
    );
  });

  test('a token’s life only ever runs down, through its lines in order', () => {
    fc.assert(
      fc.property(
        instant,
        fc.integer({ min: 600, max: 86_400 }),
        fc.nat(100_000),
        fc.nat(100_000),
        (issuedAt, lifetime, one, other) => {
          const document = {
            accessToken: new SecretText('x'),
            scopes: undefined,
            issuedAt,
            expiresAt: new Date(issuedAt.getTime() + lifetime * 1000),
            configuration: undefined,
            hasSettingFault: false,
          };
          const stored = { versionId: 'v', document, isFoundDead: false };
          const [sooner, later] = [one, other]
            .toSorted((a, b) => a - b)
            .map((seconds) => new Date(issuedAt.getTime() + seconds * 1000));
          if (sooner === undefined || later === undefined) return;
          expect(lifeLeftFraction(stored, sooner)).toBeGreaterThanOrEqual(lifeLeftFraction(stored, later));
          expect(lifeLines.indexOf(lifeLineOf(stored, sooner))).toBeLessThanOrEqual(
            lifeLines.indexOf(lifeLineOf(stored, later)),
          );
          expect(isUsable(stored, later)).toBe(lifeLineOf(stored, later) !== 'expired');
        },
      ),
    );
  });
});
