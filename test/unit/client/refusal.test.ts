import { describe, expect, test } from 'vitest';
import { isTokenRefused } from '../../../client/refusal.ts';

const json = { 'content-type': 'application/json;charset=UTF-8' };
const salesiqError = (code: number) => JSON.stringify({ error: { code, message: 'Invalid OAuthToken' } });

describe('a refused token', () => {
  test.each([
    ['status 401 of fetch', new Response('', { status: 401 })],
    ['1008 of SalesIQ with status 400', new Response(salesiqError(1008), { status: 400, headers: json })],
    ['1008 of SalesIQ with status 200', new Response(salesiqError(1008), { status: 200, headers: json })],
    ['INVALID_OAUTH of Desk', new Response('{"errorCode":"INVALID_OAUTH"}', { status: 401, headers: json })],
    ['UNAUTHORIZED of Desk', new Response('{"errorCode":"UNAUTHORIZED"}', { status: 401, headers: json })],
    ['an answer of undici with its body unread', { statusCode: 401, body: { pipe: () => undefined } }],
    ['a body of got', { statusCode: 401, body: '{"errorCode":"INVALID_OAUTH"}' }],
    ['an answer of axios', { status: 401, data: '' }],
    ['an answer of undici', { statusCode: 401 }],
    ['an error of axios', Object.assign(new Error('401'), { response: { status: 401 } })],
    ['a 1008 in an error of axios', { response: { status: 400, data: { error: { code: 1008 } } } }],
    ['a parsed body of Desk', { errorCode: 'INVALID_OAUTH', message: '...' }],
    ['a parsed body of SalesIQ', { error: { code: 1008 } }],
  ])('is %s', async (_, result) => {
    expect(await isTokenRefused(result)).toBe(true);
  });
});

describe('no refused token', () => {
  test.each([
    ['a success', new Response('{"data":[]}', { status: 200, headers: json })],
    ['an empty list of Desk', new Response(null, { status: 204 })],
    [
      'a missing scope of Desk',
      new Response('{"errorCode":"SCOPE_MISMATCH"}', { status: 403, headers: json }),
    ],
    ['a missing scope of SalesIQ', new Response(salesiqError(1009), { status: 400, headers: json })],
    [
      '1001 of SalesIQ, which its documentation calls a general error',
      new Response(salesiqError(1001), { status: 400, headers: json }),
    ],
    ['a 401 with the page of a proxy', new Response('<html>Log in</html>', { status: 401 })],
    ['a 401 with another code', new Response('{"errorCode":"FORBIDDEN"}', { status: 401, headers: json })],
    ['a page that axios got with a 401', { response: { status: 401, data: '<html>' } }],
    ['a call that was aborted', new DOMException('aborted', 'AbortError')],
    ['a page of HTML', new Response('<html>1008</html>', { headers: { 'content-type': 'text/html' } })],
    ['broken JSON', new Response('{"error":', { headers: json })],
    ['a text', 'INVALID_OAUTH'],
    ['nothing', undefined],
    ['null', null],
    ['a fault of the connection', new TypeError('fetch failed')],
  ])('is %s', async (_, result) => {
    expect(await isTokenRefused(result)).toBe(false);
  });
});

test('leaves the body of an answer to the caller', async () => {
  const response = new Response('{"data":[1]}', { headers: json });
  await isTokenRefused(response);
  expect(await response.json()).toEqual({ data: [1] });
});

test('leaves a long body to the caller, and reads no more of it than an error could have', async () => {
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(1024).fill(32));
      if (pulled === 100) controller.close();
    },
  });
  const response = new Response(body, { headers: json });
  expect(await isTokenRefused(response)).toBe(false);
  expect(pulled).toBeLessThan(10);
  expect((await response.text()).length).toBe(100 * 1024);
});
