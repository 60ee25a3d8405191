import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { SecretText } from '../../../lambda/secret-text.ts';

const text = 'Qz7Xk9Wv3Jq8Zx5Kq2Vw';
const secret = new SecretText(text);

test('gives the secret to whoever asks for it by name', () => {
  expect(secret.reveal()).toBe(text);
});

test.each<[way: string, print: () => string]>([
  ['String', () => String(secret)],
  ['a template', () => `${secret}`],
  ['concatenation', () => 'token '.concat(secret as unknown as string)],
  ['join', () => [secret].join()],
  ['JSON', () => JSON.stringify(secret)],
  ['JSON of what holds it', () => JSON.stringify({ deep: [{ secret }] })],
  ['inspect', () => inspect(secret)],
  [
    'inspect of what holds it',
    () => inspect({ deep: { list: [secret], map: new Map([[secret, secret]]) } }, { depth: 9 }),
  ],
  [
    'inspect with everything shown',
    () => inspect(secret, { showHidden: true, customInspect: false, getters: true }),
  ],
  ['util.format with %s', () => format('%s', secret)],
  ['util.format with %o', () => format('%o', secret)],
  ['util.format with %O', () => format('%O', { secret })],
  ['util.format with %j', () => format('%j', secret)],
  ['util.format with %d', () => format('%d', secret)],
  ['util.format without a place', () => format('secret', secret)],
  ['the message of an error', () => String(new Error(`refused ${secret}`))],
  ['the cause of an error', () => inspect(new Error('refused', { cause: secret }))],
  [
    'a cause deep in an error',
    () => inspect(new Error('a', { cause: new Error('b', { cause: { secret } }) }), { depth: 9 }),
  ],
  [
    'a field of an error',
    () => inspect(Object.assign(new Error('refused'), { secret }), { showHidden: true }),
  ],
  ['its keys and entries', () => JSON.stringify([Reflect.ownKeys(secret), Object.entries(secret)])],
  ['a copy', () => inspect({ ...secret }) + inspect(structuredClone({ ...secret }))],
  ['a structured clone', () => inspect(structuredClone(secret))],
  ['its locale text', () => secret.toLocaleString()],
  ['its stack', () => new Error(inspect(secret)).stack ?? ''],
])('cannot be printed through %s', (_, print) => {
  const printed = print();
  for (let start = 0; start + 4 <= text.length; start += 1)
    expect(printed).not.toContain(text.slice(start, start + 4));
});

test('shows that something is hidden', () => {
  expect(`${secret} ${JSON.stringify(secret)} ${inspect(secret)}`).toBe('[secret] "[secret]" [secret]');
});
