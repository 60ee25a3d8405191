import { expect, test } from 'vitest';
import { openSecrets } from './stand-ins.ts';

/**
 * A secret with a version `v1`, after steps such as `put v2 X Y` (a value and its labels) or `move X v2 v1` (from a
 * version to another; `-` for none).
 */
async function play(steps: string) {
  const opened = await openSecrets({ value: 'v1' });
  const idOf = (value = '-') =>
    opened.standIn.versions('zoho/desk/token').find((each) => each.secretString === value)?.versionId;
  const step = ([verb, ...words]: string[]) => {
    if (verb === 'put') {
      const [value = '', ...VersionStages] = words;
      return opened.put(value, VersionStages.length > 0 ? { VersionStages } : {});
    }
    const [VersionStage, from, to] = words;
    return opened.move({ VersionStage, RemoveFromVersionId: idOf(from), MoveToVersionId: idOf(to) });
  };
  const all = steps.split('; ');
  for (const each of all.slice(0, -1)) await step(each.split(' '));
  const last = step(all.at(-1)?.split(' ') ?? []);
  const labels = () =>
    opened.standIn
      .versions('zoho/desk/token')
      .map(({ secretString, stages }) => [secretString, ...stages].join(' '))
      .join('; ');
  return { ...opened, idOf, last: await last.catch((fault: Error) => fault), labels };
}

test.each<[title: string, steps: string, labels: string]>([
  ['a label moves to the version that is put', 'put v2 a b c; put v3 a b d', 'v1 AWSCURRENT; v2 c; v3 a b d'],
  [
    'AWSCURRENT moves, AWSPREVIOUS follows, and the pending label stays',
    'put v2 AWSPENDING; move AWSCURRENT v1 v2',
    'v1 AWSPREVIOUS; v2 AWSCURRENT AWSPENDING',
  ],
  [
    'a Put of AWSCURRENT over a version with AWSPENDING leaves it AWSPREVIOUS only',
    'put v2 AWSPENDING; move AWSCURRENT v1 v2; put v3 AWSCURRENT',
    'v1; v2 AWSPREVIOUS; v3 AWSCURRENT',
  ],
  [
    'own labels stay on a version that AWSCURRENT leaves',
    'put v2 AWSCURRENT X PUT1; put v3 PUT2; move AWSCURRENT v2 v3',
    'v1; v2 AWSPREVIOUS PUT1 X; v3 AWSCURRENT PUT2',
  ],
  ['a label is taken off', 'put v2 X; move X v2', 'v1 AWSCURRENT; v2'],
  ['a free label is attached', 'put v2 X; move X v2; move X - v1', 'v1 AWSCURRENT X; v2'],
])('%s', async (_, steps, labels) => {
  const played = await play(steps);
  expect(played.last).not.toBeInstanceOf(Error);
  expect(played.labels()).toBe(labels);
});

test.each<[steps: string, labels: string]>([
  ['put v2 X; move AWSCURRENT v2 v1', 'v1 AWSCURRENT; v2 X'],
  ['put v2 X; move Y v2 v1', 'v1 AWSCURRENT; v2 X'],
  ['move AWSCURRENT v1', 'v1 AWSCURRENT'],
  ['move X', 'v1 AWSCURRENT'],
])('fails at the end of %s, and leaves the labels as they were', async (steps, labels) => {
  const played = await play(steps);
  expect(played.last).toMatchObject({ name: 'InvalidParameterException' });
  expect(played.labels()).toBe(labels);
});

test('DescribeSecret hides versions without a label, and no list stands for none', async () => {
  const { describe, get, idOf } = await play('put v2; put v3');
  const labels = { [idOf('v2') ?? '']: ['AWSPREVIOUS'], [idOf('v3') ?? '']: ['AWSCURRENT'] };
  expect((await describe()).VersionIdsToStages).toEqual(labels);
  expect(await get({ VersionId: idOf('v1') })).not.toHaveProperty('VersionStages');
});

// That the same content changes nothing and other content is refused: test/contract/aws.test.ts.
test('labels in a repeated Put are ignored', async () => {
  const { put } = await openSecrets({ value: 'v1' });
  const ClientRequestToken = 'a'.repeat(64);
  await put('v2', { ClientRequestToken });
  await put('v3');
  const again = await put('v2', { ClientRequestToken, VersionStages: ['AWSCURRENT'] });
  expect(again).toMatchObject({ VersionId: ClientRequestToken, VersionStages: ['AWSPREVIOUS'] });
});
