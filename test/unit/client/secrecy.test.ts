import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { environmentRegion, printableFault } from '../../../client/secret-source.ts';
import { madeUpToken, setUpReader } from './a-source.ts';

const secret = madeUpToken('a');
const operation = 'GetSecretValue of zoho/desk/token';

/** Every way in which a value gets into a log. */
function printed(value: unknown): string {
  const deep = { showHidden: true, depth: null, getters: false };
  const ofError = value instanceof Error ? [value.stack, inspect(value.cause, deep)] : [];
  const shown = [inspect([value], deep), inspect(value, { ...deep, customInspect: false })];
  return [String(value), JSON.stringify([value, { ...(value as object) }]), ...shown, ...ofError].join('\n');
}

describe('no secret appears', () => {
  test('in a token that is printed, logged or turned into JSON, nor in its reader', async () => {
    const { reader } = setUpReader();
    const token = await reader.get();
    expect(token.accessToken).toBe(secret);
    for (const value of [token, [token], reader]) expect(printed(value)).not.toContain('a'.repeat(32));
  });

  test('in the error about a refused token', async () => {
    const { reader } = setUpReader();
    const failure = await reader.withToken(async () => ({ status: 401 })).catch((fault: unknown) => fault);
    expect(printed(failure)).toContain('TokenUnavailableError');
    expect(printed(failure)).not.toContain(secret);
  });

  test('in the error about a value that is broken in any place', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(400), fc.string(), async (at, junk) => {
        const { reader, state, start } = setUpReader();
        state.token = `${state.token?.slice(0, at)}${junk}`;
        state.now = start + 3_600_000;
        const failure = await reader.get().catch((fault: unknown) => fault);
        expect(printed(failure)).not.toContain('a'.repeat(8));
      }),
    );
  });

  test('in a fault of the SDK that quotes an answer', () => {
    const quoting = new SyntaxError(`Unexpected token in JSON: "${secret}"`);
    Object.defineProperty(quoting, '$response', { value: { body: secret } });
    const fault = printableFault(operation, quoting);
    expect(fault.message).toBe(`${operation}: SyntaxError`);
    expect(printed(fault)).not.toContain(secret);
  });
});

const denied = { name: 'AccessDeniedException', $fault: 'client' };
const reset = Object.assign(new Error(), { code: 'ECONNRESET' });
test.each<[words: string, fault: Error]>([
  ['AccessDeniedException: x is not authorized', Object.assign(new Error('x is not authorized'), denied)],
  ['Error: Region is missing', new Error('Region is missing')],
  ['Error ENOTFOUND', Object.assign(new Error('getaddrinfo ENOTFOUND host'), { code: 'ENOTFOUND' })],
  ['TypeError ECONNRESET', new TypeError('fetch failed', { cause: reset })],
  ['TimeoutError', new DOMException('The operation timed out', 'TimeoutError')],
])('keeps the words of AWS and the cause of a fault of this machine: %s', (words, fault) => {
  expect(printableFault(operation, fault).message).toBe(`${operation}: ${words}`);
});

test('takes the Region from either variable, and leaves it to the SDK without one', () => {
  expect(environmentRegion({ AWS_REGION: 'a', AWS_DEFAULT_REGION: 'b' })).toEqual({ region: 'a' });
  expect(environmentRegion({ AWS_REGION: '', AWS_DEFAULT_REGION: 'b' })).toEqual({ region: 'b' });
  expect(environmentRegion({})).toEqual({});
});
