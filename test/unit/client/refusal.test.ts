import { expect, test } from 'vitest';
import { isTokenRefused } from '../../../client/refusal.ts';

const headers = { 'content-type': 'application/json;charset=UTF-8' };
const answer = (status: number, body: object | string) =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });
const salesiq = (code: number) => ({ error: { code, message: 'Invalid OAuthToken' } });

test.each([
  ['status 401 of fetch', new Response('', { status: 401 })],
  ['1008 of SalesIQ with status 400', answer(400, salesiq(1008))],
  ['1008 of SalesIQ with status 200', answer(200, salesiq(1008))],
  ['INVALID_OAUTH of Desk', answer(401, { errorCode: 'INVALID_OAUTH' })],
  ['UNAUTHORIZED of Desk', answer(401, { errorCode: 'UNAUTHORIZED' })],
  ['an answer of undici with its body unread', { statusCode: 401, body: { pipe: () => undefined } }],
  ['a body of got', { statusCode: 401, body: '{"errorCode":"INVALID_OAUTH"}' }],
  ['an answer of axios', { status: 401, data: '' }],
  ['an error of axios', Object.assign(new Error('401'), { response: { status: 401 } })],
  ['a 1008 in an error of axios', { response: { status: 400, data: { error: { code: 1008 } } } }],
  ['a parsed body of Desk', { errorCode: 'INVALID_OAUTH', message: '...' }],
  ['a parsed body of SalesIQ', { error: { code: 1008 } }],
])('a refused token is %s', async (_, result) => expect(await isTokenRefused(result)).toBe(true));

test.each([
  ['a success', answer(200, { data: [] })],
  ['an empty list of Desk', new Response(null, { status: 204 })],
  ['a missing scope of Desk', answer(403, { errorCode: 'SCOPE_MISMATCH' })],
  ['a missing scope of SalesIQ', answer(400, salesiq(1009))],
  ['1001 of SalesIQ, which its documentation calls a general error', answer(400, salesiq(1001))],
  ['a 401 with the page of a proxy', new Response('<html>Log in</html>', { status: 401 })],
  ['a 401 with another code', answer(401, { errorCode: 'FORBIDDEN' })],
  ['a page that axios got with a 401', { response: { status: 401, data: '<html>' } }],
  ['a call that was aborted', new DOMException('aborted', 'AbortError')],
  ['a page of HTML', new Response('<html>1008</html>', { headers: { 'content-type': 'text/html' } })],
  ['broken JSON', answer(200, '{"error":')],
  ['a text', 'INVALID_OAUTH'],
  ['null', null],
])('no refused token is %s', async (_, result) => expect(await isTokenRefused(result)).toBe(false));

test('leaves the body of an answer to the caller, and reads no more of it than an error could have', async () => {
  const response = answer(200, { data: [1] });
  await isTokenRefused(response);
  expect(await response.json()).toEqual({ data: [1] });
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(1024).fill(32));
      if (pulled === 100) controller.close();
    },
  });
  const long = new Response(body, { headers });
  expect(await isTokenRefused(long)).toBe(false);
  expect(pulled).toBeLessThan(10);
  expect((await long.text()).length).toBe(100 * 1024);
});
