import { expect, test } from 'vitest';
import { readCredentials } from '../../../lambda/aws/credentials-secret.ts';
import { nothingStoredYet } from '../../../lambda/aws/secret-versions.ts';
import { parseTokenDocument } from '../../../lambda/aws/token-document.ts';
import { judgeAndStore } from '../../../lambda/refresh.ts';
import type { StoredToken } from '../../../lambda/stored-token.ts';
import { requestToken } from '../../../lambda/zoho/request-token.ts';
import { desk, minute, start, tokenText } from './examples.ts';
import { createWorld, credentialsSecret, runIn, tokenSecret, type World } from './world.ts';

async function currentOf({ secrets }: World) {
  const version = await secrets.get(tokenSecret, 'AWSCURRENT');
  return {
    versionId: version?.versionId,
    document: parseTokenDocument(version?.text ?? ''),
    isFoundDead: false,
  };
}

/** One refresh at minute 0 to which Zoho gives a token of 86,000 seconds. */
async function refreshIn(world: World, before: StoredToken, name = 'run') {
  const { clientSecret, refreshToken, ...rest } = await readCredentials(world.secrets, credentialsSecret);
  const run = runIn(world, { name, now: start, mood: 'good' });
  const answer = await requestToken(run.callZoho, 'in', { ...rest, clientSecret, refreshToken });
  const answered = { ...answer, issuedAt: start, sent: [clientSecret, refreshToken] };
  return judgeAndStore(run, desk, before, answered);
}

test('stores the new token as AWSCURRENT and leaves the old one as AWSPREVIOUS', async () => {
  const world = await createWorld({ lifeLeft: 900 });
  const refreshed = await refreshIn(world, await currentOf(world));
  expect(refreshed).toMatchObject({ isNew: true, settingFault: undefined, probe: 'accepted' });
  const current = await currentOf(world);
  expect(current.versionId).toBe(refreshed.stored.versionId);
  expect(current.document?.expiresAt).toEqual(new Date(start.getTime() + 86_000_000));
  expect((await world.secrets.get(tokenSecret, 'AWSPREVIOUS'))?.versionId).toBe('token-1');
});

test('gives a secret without any version its placeholder first, so that a record can never be first', async () => {
  const world = await createWorld();
  await refreshIn(world, await currentOf(world));
  expect((await world.secrets.get(tokenSecret, 'AWSPREVIOUS'))?.text).toBe(nothingStoredYet);
  expect((await currentOf(world)).document).toBeDefined();
});

test('takes the token of the run that was faster for its own', async () => {
  const world = await createWorld({ lifeLeft: 900 });
  const before = await currentOf(world);
  const faster = await refreshIn(world, before, 'faster');
  const slower = await refreshIn(world, before, 'slower');
  expect(slower).toMatchObject({ isNew: true, stored: { versionId: faster.stored.versionId } });
  expect((await currentOf(world)).versionId).toBe(faster.stored.versionId);
});

test('stores its token all the same where somebody moved AWSCURRENT back by hand', async () => {
  const world = await createWorld({ lifeLeft: 900 });
  const before = await currentOf(world);
  await refreshIn(world, before, 'yesterday');
  const text = (await world.secrets.get(tokenSecret, 'AWSPREVIOUS'))?.text ?? '';
  const { secrets } = world;
  // The place after token-1 is used up, and token-1 stands under AWSCURRENT again.
  const moved: World = {
    ...world,
    secrets: {
      ...secrets,
      get: async (secretId, label) =>
        secretId === tokenSecret && label === 'AWSCURRENT'
          ? { versionId: 'token-1', text }
          : secrets.get(secretId, label),
    },
  };
  const refreshed = await refreshIn(moved, before, 'today');
  expect(refreshed.isNew).toBe(true);
  expect((await currentOf(world)).versionId).toBe(refreshed.stored.versionId);
  expect((await currentOf(world)).document?.accessToken.reveal()).toContain(
    Buffer.from('today').toString('hex'),
  );
});

test('stores its token where the faster run’s is no token any more', async () => {
  const world = await createWorld({ lifeLeft: 900 });
  const before = await currentOf(world);
  await refreshIn(world, before, 'faster');
  await world.secrets.put({ secretId: tokenSecret, clientRequestToken: 'by-hand', text: 'oops' });
  await refreshIn(world, before, 'slower');
  expect((await currentOf(world)).document?.accessToken.reveal()).toContain(
    Buffer.from('slower').toString('hex'),
  );
});

test('keeps a stored token that lives longer than the new one', async () => {
  const world = await createWorld();
  // 24 hours from now, where the new one has 86,000 seconds.
  await world.secrets.put({
    secretId: tokenSecret,
    clientRequestToken: 'longer',
    text: tokenText(0, { lifetimeMinutes: 1_440 }),
  });
  const refreshed = await refreshIn(world, await currentOf(world));
  expect(refreshed).toMatchObject({ isNew: false, stored: { versionId: 'longer' } });
  expect((await currentOf(world)).versionId).toBe('longer');
});

test.each<[title: string, text: string, isFoundDead: boolean]>([
  ['a probe found it dead', tokenText(0, { lifetimeMinutes: 1_440 }), true],
  ['it claims more than a day', tokenText(0, { lifetimeMinutes: 9_999 }), false],
])('does not keep a stored token that lives longer where %s', async (_, text, isFoundDead) => {
  const world = await createWorld();
  await world.secrets.put({ secretId: tokenSecret, clientRequestToken: 'longer', text });
  await refreshIn(world, { ...(await currentOf(world)), isFoundDead });
  expect((await currentOf(world)).document?.expiresAt).toEqual(new Date(start.getTime() + 86_000_000));
});

test('stores a token that works with a wrong setting, and says so', async () => {
  const world = await createWorld({ lifeLeft: 900 });
  world.hasWrongSetting = true;
  const refreshed = await refreshIn(world, await currentOf(world));
  expect(refreshed.settingFault).toContain('org_id 60000688226');
  expect((await currentOf(world)).document).toMatchObject({ hasSettingFault: true });
});

test.each([
  ['has found nothing wrong', false, undefined],
  ['has found the same', true, expect.stringContaining('org_id 60000688226')],
])('believes the faster run, whose token stands, where it %s', async (_, hasWrongSetting, settingFault) => {
  const world = await createWorld({ lifeLeft: 900 });
  const before = await currentOf(world);
  world.hasWrongSetting = hasWrongSetting;
  await refreshIn(world, before, 'faster');
  world.hasWrongSetting = true;
  expect(await refreshIn(world, before, 'slower')).toMatchObject({ isNew: true, settingFault });
});

test('fails with token_rejected and stores nothing where the service rejects the new token', async () => {
  const world = await createWorld({ lifeLeft: 900 });
  world.deadTokens.push('1005.');
  await expect(refreshIn(world, await currentOf(world))).rejects.toMatchObject({ code: 'token_rejected' });
  expect((await currentOf(world)).versionId).toBe('token-1');
  expect((await currentOf(world)).document?.expiresAt).toEqual(minute(900));
});
