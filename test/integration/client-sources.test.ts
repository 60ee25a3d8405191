import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createExtensionSource } from '../../client/extension-source.ts';
import { createTokenReader } from '../../client/index.ts';
import { createRequestRefresh } from '../../client/request-refresh.ts';
import { createSecretsManagerSource } from '../../client/secrets-manager-source.ts';
import { type SecretsManagerStandIn, startSecretsManager } from '../../local/aws/secrets-manager-stand-in.ts';
import { madeUpToken, tokenText } from '../unit/client/a-source.ts';
import { type ExtensionStandIn, startExtension } from './client-extension-stand-in.ts';
import { startInvokeServer } from './client-invoke-server.ts';
import { lambdaClientOf, secretsClientOf } from './client-stage.ts';

const secretId = 'zoho/desk/token';
const [first, second] = [madeUpToken('a'), madeUpToken('b')];
let secretsManager: SecretsManagerStandIn;
beforeEach(async () => {
  secretsManager = await startSecretsManager();
  secretsManager.createSecret(secretId, tokenText(first, Date.now()));
});
afterEach(() => secretsManager.close());

function makeReader() {
  return createTokenReader({ connection: 'desk', client: secretsClientOf({ secretsManager }, 1) });
}

describe('Secrets Manager', () => {
  test('gives the token of a connection, of another prefix, and of a secret by its name', async () => {
    const client = secretsClientOf({ secretsManager });
    secretsManager.createSecret('staging/desk/token', tokenText(second, Date.now()));
    const options = [
      { connection: 'desk', client },
      { connection: 'desk', secretPrefix: 'staging', client },
      { secretId: 'staging/desk/token', client },
    ];
    const tokens = await Promise.all(options.map((each) => createTokenReader(each).get()));
    expect(tokens.map(({ accessToken }) => accessToken)).toEqual([first, second, second]);
  });

  test('fails as not set up where the secret does not exist', async () => {
    secretsManager.remove(secretId);
    await expect(makeReader().get()).rejects.toMatchObject({ reason: 'nothing_stored' });
  });

  test('fails with the words of AWS where the role may not read', async () => {
    secretsManager.faults.set({ kind: 'access_denied' });
    await expect(makeReader().get()).rejects.toThrow(/AccessDeniedException: User: .* is not authorized/);
  });

  test.each([
    'refuse',
    'reset',
    'cut_connection_during',
    'html_200',
    'internal_error',
    'throttled',
    'kms_disabled',
  ] as const)('fails without any part of a token in the error when the answer is %s', async (kind) => {
    secretsManager.faults.set({ kind });
    const failure = await makeReader()
      .get()
      .catch((fault: unknown) => fault);
    expect(failure).toMatchObject({ name: 'TokenUnavailableError', reason: 'unreadable' });
    const printed = `${inspect(failure, { showHidden: true, depth: null })} ${JSON.stringify(failure)} ${String(failure)}`;
    expect(printed).not.toContain('a'.repeat(16));
    expect(printed).not.toContain('AWS4-HMAC');
  });

  test('gives up a read that hangs after five seconds', async () => {
    secretsManager.faults.set({ kind: 'hang' });
    const started = performance.now();
    await expect(makeReader().get()).rejects.toMatchObject({ reason: 'unreadable' });
    expect(performance.now() - started).toBeGreaterThan(4_900);
    expect(performance.now() - started).toBeLessThan(7_500);
  });
});

describe('the Lambda extension', () => {
  let extension: ExtensionStandIn;
  beforeEach(async () => {
    extension = await startExtension(secretsManager, 'session');
  });
  afterEach(() => extension.close());

  function makeSource(variables: Record<string, string> = {}) {
    const direct = createSecretsManagerSource(secretId, secretsClientOf({ secretsManager }));
    const port = {
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: `${extension.port}`,
      AWS_SESSION_TOKEN: 'session',
    };
    return createExtensionSource(secretId, { ...port, ...variables }, direct);
  }

  test('gives what it has, and says that this may be old', async () => {
    const source = makeSource();
    await source.read('AWSCURRENT', false);
    secretsManager.put(secretId, tokenText(second, Date.now()));
    expect(await source.read('AWSCURRENT', false)).toMatchObject({
      isCached: true,
      text: expect.stringContaining(first),
    });
    expect(secretsManager.calls).toEqual([]);
  });

  test('is passed by where its cache must not answer, and for the record', async () => {
    const source = makeSource();
    expect(await source.read('AWSCURRENT', true)).toMatchObject({ isCached: false });
    expect(await source.read('INCIDENT', false)).toBeUndefined();
    expect(extension.answers).toEqual([]);
  });

  test.each([
    ['not ready', () => Object.assign(extension, { isReady: false }), {}],
    ['refusing the session token', () => undefined, { AWS_SESSION_TOKEN: 'another' }],
    ['not there', () => undefined, { PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: '9' }],
  ])('is passed by while it is %s', async (_, prepare, variables) => {
    const source = makeSource(variables);
    prepare();
    expect(await source.read('AWSCURRENT', false)).toMatchObject({
      isCached: false,
      text: expect.stringContaining(first),
    });
  });
});

describe('asking the refresher', () => {
  const answers: [string, unknown, string][] = [
    ['a new token', { connections: [{ connection: 'desk', outcome: 'refreshed', code: null }] }, 'refreshed'],
    ['a token that lives', { connections: [{ connection: 'desk', outcome: 'fresh', code: null }] }, 'fresh'],
    [
      'a probe that cannot tell',
      { connections: [{ connection: 'desk', outcome: 'fresh', code: null, probe: 'cannot_tell' }] },
      'no help',
    ],
    [
      'another run at Zoho',
      { connections: [{ connection: 'desk', outcome: 'waiting', code: null }] },
      'being healed',
    ],
    [
      'a wait',
      { connections: [{ connection: 'desk', outcome: 'waiting', code: 'invalid_code' }] },
      'no help',
    ],
    [
      'a failure',
      { connections: [{ connection: 'desk', outcome: 'failed', code: 'invalid_code' }] },
      'no help',
    ],
    ['an event that it does not understand', { error: 'unknown connection' }, 'no help'],
    ['something else', 'text', 'no help'],
  ];
  test.each(answers)('understands the answer about %s', async (_, answer, expected) => {
    const events: unknown[] = [];
    const server = await startInvokeServer('refresher', async (event) => {
      events.push(event);
      return { answer, lines: [] };
    });
    try {
      const ask = createRequestRefresh({ functionName: 'refresher', client: lambdaClientOf(server.url) });
      expect(await ask('desk')).toBe(expected);
      expect(events).toEqual([{ connections: ['desk'], reason: 'unauthorized' }]);
    } finally {
      await server.close();
    }
  });

  test('is no help if the function crashes, and throws with the words of AWS if it is unknown', async () => {
    const crash = { error: { name: 'Error', message: 'm' }, lines: [] };
    const server = await startInvokeServer('refresher', async () => crash);
    try {
      const client = lambdaClientOf(server.url);
      expect(await createRequestRefresh({ functionName: 'refresher', client })('desk')).toBe('no help');
      await expect(createRequestRefresh({ functionName: 'unknown', client })('desk')).rejects.toThrow(
        'Invoke of unknown: ResourceNotFoundException: Function not found',
      );
    } finally {
      await server.close();
    }
  });

  test('takes a refusal for too many calls at once as a sign that another is served', async () => {
    const server = await startInvokeServer('refresher', async () => ({ answer: {}, lines: [] }), 0);
    try {
      const ask = createRequestRefresh({ functionName: 'refresher', client: lambdaClientOf(server.url) });
      expect(await ask('desk')).toBe('being healed');
    } finally {
      await server.close();
    }
  });
});
