import { inspect } from 'node:util';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createExtensionSource } from '../../client/extension-source.ts';
import { createTokenReader } from '../../client/index.ts';
import { createSecretsManagerSource } from '../../client/secrets-manager-source.ts';
import { type SecretsManagerStandIn, startSecretsManager } from '../../local/aws/secrets-manager-stand-in.ts';
import { sdkOptions } from '../support/stage.ts';
import { madeUpToken, tokenText } from '../unit/client/a-source.ts';
import { type ExtensionStandIn, startExtension } from './client-extension-stand-in.ts';

const secretId = 'zoho/desk/token';
const [first, second] = [madeUpToken('a'), madeUpToken('b')];
let secretsManager: SecretsManagerStandIn;
beforeEach(async () => {
  secretsManager = await startSecretsManager();
  secretsManager.createSecret(secretId, tokenText(first, Date.now()));
});
afterEach(() => secretsManager.close());

const makeClient = (maxAttempts = 3) => new SecretsManagerClient(sdkOptions(secretsManager.url, maxAttempts));
const makeReader = () => createTokenReader({ connection: 'desk', client: makeClient(1) });

describe('Secrets Manager', () => {
  test('gives the token of a connection, of another prefix, and of a secret by its name', async () => {
    const client = makeClient();
    secretsManager.createSecret('staging/desk/token', tokenText(second, Date.now()));
    const options = [
      { connection: 'desk', client },
      { connection: 'desk', secretPrefix: 'staging', client },
      { secretId: 'staging/desk/token', client },
    ];
    const tokens = await Promise.all(options.map((each) => createTokenReader(each).get()));
    expect(tokens.map(({ accessToken }) => accessToken)).toEqual([first, second, second]);
  });

  test('fails as not set up if the secret does not exist, and with the words of AWS if the role may not read', async () => {
    secretsManager.faults.set({ kind: 'access_denied', times: 1 });
    await expect(makeReader().get()).rejects.toThrow(/AccessDeniedException: User: .* is not authorized/);
    secretsManager.remove(secretId);
    await expect(makeReader().get()).rejects.toMatchObject({ reason: 'nothing_stored' });
  });

  test.each(['reset', 'cut_connection_during', 'html_200', 'internal_error', 'kms_disabled'] as const)(
    'fails without any part of a token in the error when the answer is %s',
    async (kind) => {
      secretsManager.faults.set({ kind });
      const failure = await makeReader()
        .get()
        .catch((fault: unknown) => fault);
      expect(failure).toMatchObject({ name: 'TokenUnavailableError', reason: 'unreadable' });
      const printed = `${inspect(failure, { showHidden: true, depth: null })} ${JSON.stringify(failure)} ${String(failure)}`;
      expect(printed).not.toContain('a'.repeat(16));
      expect(printed).not.toContain('AWS4-HMAC');
    },
  );

  test('gives up a read that hangs after five seconds', async () => {
    secretsManager.faults.set({ kind: 'hang' });
    const time = new AbortController();
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(time.signal);
    onTestFinished(() => timeout.mockRestore());
    const read = makeReader().get();
    await vi.waitFor(() => expect(timeout).toHaveBeenCalledWith(5_000));
    time.abort(new DOMException('the time is up', 'TimeoutError'));
    await expect(read).rejects.toMatchObject({ reason: 'unreadable' });
  });
});

describe('the Lambda extension', () => {
  let extension: ExtensionStandIn;
  beforeEach(async () => {
    extension = await startExtension(secretsManager, 'session');
  });
  afterEach(() => extension.close());

  function makeSource(variables: Record<string, string> = {}) {
    const direct = createSecretsManagerSource(secretId, makeClient());
    const port = {
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: `${extension.port}`,
      AWS_SESSION_TOKEN: 'session',
    };
    return createExtensionSource(secretId, { ...port, ...variables }, direct);
  }

  test('gives what it has, says that this may be old, and is bypassed when its cache must not answer', async () => {
    const source = makeSource();
    await source.read('AWSCURRENT', false);
    secretsManager.put(secretId, tokenText(second, Date.now()));
    const [old, current] = [first, second].map((token) => expect.stringContaining(token));
    expect(await source.read('AWSCURRENT', false)).toEqual({ isCached: true, text: old });
    expect(await source.read('AWSCURRENT', true)).toEqual({ isCached: false, text: current });
    expect(extension.answers).toEqual([200, 200]);
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
