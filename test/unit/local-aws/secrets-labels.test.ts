import { expect, test } from 'vitest';
import { openSecrets, SecretId } from './stand-ins.ts';

/** A secret with a version `v1`, after Puts such as `v2 X Y`: a value and its labels. */
async function play(puts: readonly string[]) {
  const opened = await openSecrets({ value: 'v1' });
  for (const each of puts) {
    const [value = '', ...VersionStages] = each.split(' ');
    await opened.put(value, VersionStages.length > 0 ? { VersionStages } : {});
  }
  return opened;
}

// What moto does as well: test/contract/aws.test.ts.
test.each<[title: string, puts: string[], labels: string[]]>([
  ['a label moves to the version that is put', ['v2 a b c', 'v3 a b d'], ['v1 AWSCURRENT', 'v2 c', 'v3 a b d']],
  [
    'own labels stay on a version that AWSCURRENT leaves',
    ['v2 AWSCURRENT X PUT1', 'v3'],
    ['v1', 'v2 AWSPREVIOUS PUT1 X', 'v3 AWSCURRENT'],
  ],
])('%s', async (_, puts, labels) => {
  const { standIn } = await play(puts);
  const found = standIn.versions(SecretId).map(({ secretString, stages }) => [secretString, ...stages].join(' '));
  expect(found).toEqual(labels);
});

test('DescribeSecret hides versions without a label, and no list stands for none', async () => {
  const { standIn, describe, get } = await play(['v2', 'v3']);
  const [first, second, third] = standIn.versions(SecretId).map(({ versionId }) => versionId);
  const labels = { [second ?? '']: ['AWSPREVIOUS'], [third ?? '']: ['AWSCURRENT'] };
  expect((await describe()).VersionIdsToStages).toEqual(labels);
  expect(await get({ VersionId: first })).not.toHaveProperty('VersionStages');
});

test('labels in a repeated Put are ignored', async () => {
  const { put } = await openSecrets({ value: 'v1' });
  const ClientRequestToken = 'a'.repeat(64);
  await put('v2', { ClientRequestToken });
  await put('v3');
  const again = await put('v2', { ClientRequestToken, VersionStages: ['AWSCURRENT'] });
  expect(again).toMatchObject({ VersionId: ClientRequestToken, VersionStages: ['AWSPREVIOUS'] });
});
