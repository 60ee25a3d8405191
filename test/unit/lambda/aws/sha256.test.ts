import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sha256 } from '../../../../lambda/aws/sha256.ts';
import '../property.ts';

const bytes = fc.uint8Array({ maxLength: 200 });
const someBytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
const hex = (digest: Uint8Array) => Buffer.from(digest).toString('hex');

describe('Sha256', () => {
  it('hashes as Node does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(bytes), async (parts) => {
        const hash = new Sha256();
        for (const part of parts) hash.update(part);
        expect(hex(await hash.digest())).toBe(
          createHash('sha256').update(Buffer.concat(parts)).digest('hex'),
        );
      }),
    );
  });

  it('authenticates as Node does, whatever form the secret has', async () => {
    await fc.assert(
      fc.asyncProperty(someBytes, bytes, async (secret, message) => {
        const expected = createHmac('sha256', secret).update(message).digest('hex');
        const within = new Uint8Array([1, ...secret, 2]).subarray(1, -1);
        for (const form of [secret, within, secret.slice().buffer]) {
          const hash = new Sha256(form);
          hash.update(message);
          expect(hex(await hash.digest())).toBe(expected);
        }
      }),
    );
  });

  it('takes a text as UTF-8, and begins anew after a reset', async () => {
    const hash = new Sha256('AWS4 and ümlauts');
    hash.update(Buffer.from('dropped'));
    hash.reset();
    hash.update(Buffer.from('20261125'));
    expect(hex(await hash.digest())).toBe(
      createHmac('sha256', 'AWS4 and ümlauts').update('20261125').digest('hex'),
    );
  });
});
