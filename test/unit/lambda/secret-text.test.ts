import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { SecretText } from '../../../lambda/secret-text.ts';

const text = 'Qz7Xk9Wv3Jq8Zx5Kq2Vw';
const secret = new SecretText(text);
const everything = { showHidden: true, customInspect: false, getters: true };
const held = { deep: { list: [secret], map: new Map([[secret, secret]]) } };
const caused = new Error('a', { cause: new Error('b', { cause: { secret } }) });

test('gives the secret to whoever asks for it by name, and shows others that something is hidden', () => {
  expect(secret.reveal()).toBe(text);
  expect(`${secret} ${JSON.stringify(secret)} ${inspect(secret)}`).toBe('[secret] "[secret]" [secret]');
});

test.each<[way: string, print: () => string]>([
  ['String', () => String(secret)],
  ['concatenation', () => 'token '.concat(secret as unknown as string)],
  ['join', () => [secret].join()],
  ['JSON of what holds it', () => JSON.stringify({ deep: [{ secret }] })],
  ['inspect of what holds it', () => inspect(held, { depth: 9 })],
  ['inspect with everything shown', () => inspect(secret, everything)],
  ...['%s', '%o', '%O', '%j', '%d', 'secret'].map((place): [string, () => string] => [
    `util.format with ${place}`,
    () => format(place, secret) + format(place, { secret }),
  ]),
  ['the message of an error', () => String(new Error(`refused ${secret}`))],
  ['the cause of an error', () => inspect(new Error('refused', { cause: secret }))],
  ['a cause deep in an error', () => inspect(caused, { depth: 9 })],
  ['a field of an error', () => inspect(Object.assign(new Error(), { secret }), { showHidden: true })],
  ['its keys and entries', () => JSON.stringify([Reflect.ownKeys(secret), Object.entries(secret)])],
  ['a copy', () => inspect({ ...secret }) + inspect(structuredClone({ ...secret }))],
  ['a structured clone', () => inspect(structuredClone(secret))],
  ['its locale text', () => secret.toLocaleString()],
  ['a stack', () => new Error(inspect(secret)).stack ?? ''],
])('cannot be printed through %s', (_, print) => {
  const printed = print();
  for (let start = 0; start + 4 <= text.length; start += 1) expect(printed).not.toContain(text.slice(start, start + 4));
});
