import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { configurationHash, parseTokenDocument, renderTokenDocument } from '../../../lambda/aws/token-document.ts';
import { dataCenters } from '../../../lambda/connections/data-centers.ts';
import { readZohoEndpointUrl } from '../../../lambda/environment.ts';
import { SecretText } from '../../../lambda/secret-text.ts';
import { isUsable, lifeLeftFraction, lifeLineOf, lifeLines } from '../../../lambda/stored-token.ts';
import { quote } from '../../../lambda/zoho/quote.ts';
import { missingScopes } from '../../../lambda/zoho/scopes.ts';
import { serviceHost } from '../../../lambda/zoho/services.ts';
import type { IssuedToken } from '../../../lambda/zoho/token-answer.ts';
import { searchForSecrets } from '../../support/secrets-search.ts';
import { desk, salesiq } from './examples.ts';

/** Another seed on every run; a failing test prints it, and the path to its counterexample, for `fc.assert`. */
const seed = Math.floor(Math.random() * 2 ** 31);
fc.configureGlobal({ seed, numRuns: 300 });

// What a parser makes of any input: parsers.property.test.ts. Here is what holds between several calls.

const { constantFrom, oneof, tuple } = fc;
const hex = (length: number) =>
  fc
    .noBias(fc.uint8Array({ minLength: length / 2, maxLength: length / 2 }))
    .map((bytes) => Buffer.from(bytes).toString('hex'));
const zohoToken = tuple(constantFrom('1000.', '1005.'), hex(32), hex(32)).map(([prefix, a, b]) => `${prefix}${a}.${b}`);
/** Instants that ISO 8601 writes with four digits. */
const instant = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

// Made once: making them takes longer than drawing from them.
const anyText = fc.string({ unit: 'binary' });
const between = constantFrom(' ', '"', '\\', '\n', '<br>', '%20', '&refresh_token=');

/** Text that may hold any of the secrets: those of the request cut anywhere, a new token with its prefix. */
function echoing(sent: readonly string[], accessToken: string): fc.Arbitrary<string> {
  const cut = tuple(constantFrom(...sent), fc.nat(30), fc.nat(90)).map(([text, from, to]) => text.slice(from, to));
  const begun = fc.nat(90).map((end) => accessToken.slice(0, end));
  const whole = constantFrom(...sent, accessToken);
  const piece = oneof(cut, begun, whole, between, anyText);
  return fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''));
}

/** For a loaded machine; alone, all of them take a second. */
describe(`with seed ${seed}`, { timeout: 60_000 }, () => {
  test('any text is quoted on one line of at most 122 printable characters, without a secret', () => {
    const echoed = tuple(hex(42), zohoToken, zohoToken).chain(([clientSecret, refreshToken, accessToken]) =>
      tuple(fc.constant([clientSecret, refreshToken, accessToken]), echoing([clientSecret, refreshToken], accessToken)),
    );
    fc.assert(
      fc.property(echoed, ([secrets, text]) => {
        const sent = secrets.slice(0, 2).map((each) => new SecretText(each));
        const found = quote(text, sent);
        expect(found).toMatch(/^"[\x20\x21\x23-\x7e]{0,120}"$/);
        expect(searchForSecrets([found], secrets)).toBeUndefined();
      }),
    );
  });

  test('no spelling of ZOHO_ENDPOINT_URL leads a call away from this machine', () => {
    const words = [
      'http',
      'https',
      '127.0.0.1',
      'localhost',
      '[::1]',
      'example.com',
      '0x7f',
      '0177',
      '１２７',
      '127',
      ':80',
    ];
    const marks = [':', '/', '//', '\\', '@', '#', '?', '.', '%2e', '\t', ' ', '。'];
    const pieces = fc.array(constantFrom(...words, ...marks), { maxLength: 7 }).map((parts) => parts.join(''));
    const begun = tuple(constantFrom('', 'http://', 'http://127.0.0.1', 'http://localhost'), pieces);
    const spelling = oneof(
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      begun.map((parts) => parts.join('')),
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

  test('scopes that are granted are never missing, whatever their case, and cover in one direction only', () => {
    const word = constantFrom('conversations', 'calls', 'activities', 'departments', 'basic', 'settings');
    const verb = constantFrom('READ', 'CREATE', 'UPDATE', 'ALL', 'read');
    const scope = tuple(constantFrom('Desk', 'SalesIQ', 'desk'), word, maybe(word), verb).map((parts) =>
      parts.filter((part) => part !== undefined).join('.'),
    );
    fc.assert(
      fc.property(scope, (each) => {
        const all = each.replace(/\.[^.]+$/, '.ALL');
        for (const granted of [each, each.toUpperCase(), all]) expect(missingScopes([each], [granted])).toEqual([]);
        expect(missingScopes([each.toLowerCase()], [each])).toEqual([]);
        if (!/\.all$/i.test(each)) expect(missingScopes([all], [each])).toEqual([all]);
      }),
    );
  });

  test('a token document is read as it was written', () => {
    const scope = fc.stringMatching(/^[A-Za-z]\w*(\.\w+)+$/);
    const token: fc.Arbitrary<IssuedToken> = fc.record({
      accessToken: zohoToken.map((each) => new SecretText(each)),
      prefix: fc.constant('1000.'),
      expiresInSeconds: fc.integer({ min: 600, max: 86_400 }),
      tokenType: fc.constant('Bearer'),
      scopes: maybe(fc.array(scope, { minLength: 1 })),
      apiDomain: maybe(fc.webUrl()),
    });
    const connection = tuple(constantFrom(salesiq, desk), constantFrom(...dataCenters))
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
          expiresAt: new Date(issuedAt.getTime() + issued.expiresInSeconds * 1000),
          hasSettingFault,
          configuration: configurationHash(each),
        });
      }),
    );
  });

  test('a token’s life only ever runs down, through its lines in order', () => {
    const seconds = fc.nat(100_000);
    fc.assert(
      fc.property(instant, fc.integer({ min: 600, max: 86_400 }), seconds, seconds, (issuedAt, life, a, b) => {
        const passed = (count: number) => new Date(issuedAt.getTime() + count * 1000);
        const accessToken = new SecretText('x');
        const unknown = { scopes: undefined, configuration: undefined, hasSettingFault: false };
        const document = { accessToken, ...unknown, issuedAt, expiresAt: passed(life) };
        const stored = { versionId: 'v', document, isFoundDead: false };
        const [sooner, later] = [passed(Math.min(a, b)), passed(Math.max(a, b))];
        expect(lifeLeftFraction(stored, sooner)).toBeGreaterThanOrEqual(lifeLeftFraction(stored, later));
        const lineAt = (now: Date) => lifeLines.indexOf(lifeLineOf(stored, now));
        expect(lineAt(sooner)).toBeLessThanOrEqual(lineAt(later));
        expect(isUsable(stored, later)).toBe(lifeLineOf(stored, later) !== 'expired');
      }),
    );
  });
});
