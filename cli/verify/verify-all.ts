import type { Account } from '../place/account.ts';
import { readStored, readStoredCredentials } from '../stored/stored.ts';
import type { Missing } from './assumption-lines.ts';
import { each, type Finding, type Findings, Stopped, throwIfStopped } from './attempt.ts';
import { createCleanup } from './live/cleanup.ts';
import { enableLeftOver, tryDeadMan } from './live/dead-man.ts';
import { tryDelivery } from './live/deliver.ts';
import { tryScratchSecret } from './live/scratch-secret.ts';
import { lookAtAlarms, nameOf } from './look-at-alarms.ts';
import { type AppRole, lookAtRoles, lookAtSecrets } from './look-at-secrets.ts';
import { lookAtSchedule, lookAtStack, lookAtTicks } from './look-at-stack.ts';
import { type Deployment, findDeployed, type Subject } from './subject.ts';
import type { Transcript } from './transcript.ts';
import { askForToken } from './zoho/ask-for-token.ts';
import { askServices } from './zoho/ask-services.ts';

export type Wanted = {
  readonly roles: readonly AppRole[];
  /** Also what has an effect; left out, all is only read. */
  readonly live?: { readonly hasDeadMan: boolean };
};

/** Verifies a deployment, from what cannot disturb anything to what can. */
export async function verifyAll(
  account: Account | undefined,
  subject: Subject,
  transcript: Transcript,
  { roles, live }: Wanted,
) {
  const [findings, left]: [Finding[], string[]] = [[], []];
  const verified = { findings, left, missing: missingOf(account, roles, live) };
  try {
    if (account === undefined) await learnWhatIsSecret(subject, transcript);
    else {
      const on = { ...subject, ...account, ...(await findDeployed(account, subject.functionName)) };
      if (live !== undefined) left.push(...(await enableLeftOver(on)));
      learnNames(on, roles, transcript);
      await learnWhatIsSecret(subject, transcript);
      findings.push(...(await look(on, roles, transcript)));
      if (live !== undefined) findings.push(...(await verifyLive(on, live.hasDeadMan, left)));
    }
    subject.say('asking Zoho: reads alone, and two token requests');
    const callZoho = transcript.hearZoho((request) => {
      throwIfStopped(subject.stop);
      return subject.place.callZoho(request);
    });
    const heard = { ...subject, place: { ...subject.place, callZoho } };
    findings.push(...(await askServices(heard)), ...(await askForToken(heard)));
    return { ...verified, isStopped: false };
  } catch (fault) {
    if (!(fault instanceof Stopped)) throw fault;
    return { ...verified, isStopped: true };
  }
}

async function look(on: Deployment, roles: readonly AppRole[], { know }: Transcript): Promise<Findings> {
  on.say('reading the stack, the schedule and the last tick');
  const findings = [...(await lookAtStack(on)), ...(await lookAtSchedule(on)), ...(await lookAtTicks(on))];
  const hasTick = findings.some(({ id, outcome }) => id === 'tick.ran' && outcome === 'as documented');
  on.say('reading alarms, topics, secrets and roles');
  const alarms = await lookAtAlarms(on, hasTick);
  for (const topic of alarms.topics) know([nameOf(topic), 'topic']);
  return [...findings, ...alarms.findings, ...(await lookAtSecrets(on)), ...(await lookAtRoles(on, roles))];
}

/** Tries what cannot be tried by reading, and cleans up whatever happens. @param left - Takes what could not be undone. */
export async function verifyLive(on: Deployment, hasDeadMan: boolean, left: string[]): Promise<Findings> {
  const cleanup = createCleanup();
  const tries = [tryScratchSecret, tryDelivery, ...(hasDeadMan ? [tryDeadMan] : [])];
  try {
    return await each(tries, (attempt) => attempt(on, cleanup));
  } finally {
    // Ctrl-C never stops the cleaning.
    const { signal } = on.stop;
    on.stop.signal = undefined;
    left.push(...(await cleanup.run(on)));
    on.stop.signal = signal;
  }
}

function missingOf(account: Account | undefined, roles: Wanted['roles'], live: Wanted['live']): Missing {
  const why = 'the local store plays no account';
  if (account === undefined) return { reads: why, 'app role': why, live: why, 'dead man': why };
  return {
    ...(roles.length === 0 && { 'app role': 'no --app-role was given' }),
    ...(live === undefined && { live: '--live was not given' }),
    ...(live?.hasDeadMan !== true && { 'dead man': '--dead-man was not given' }),
  };
}

/** Names that people gave: an answer may repeat them in a sentence. */
function learnNames(on: Deployment, roles: readonly AppRole[], { know }: Transcript): void {
  know([on.account, 'account'], [nameOf(on.alertTopic), 'topic'], [on.logGroup, 'log group']);
  know([on.functionName, 'function']);
  // The usual name is that of the metrics, too.
  if (on.stackName !== undefined && on.stackName !== 'ZohoTokenRefresher') know([on.stackName, 'stack']);
  for (const { role } of roles) know([role, 'role'], [role.split('/').at(-1) ?? '', 'role']);
}

/** Values of this deployment that must not be in a transcript, whatever answer repeats them, as far as they can be read. */
async function learnWhatIsSecret({ place, all, secretPrefix }: Subject, { know }: Transcript): Promise<void> {
  // The prefix alone may be a word of every host.
  know([`${secretPrefix}/refresher`, 'alarm of the refresher']);
  for (const connection of all) {
    know([`${secretPrefix}/${connection.name}`, 'prefix and connection'], [`(${connection.name})`, 'connection']);
    for (const [name, value] of Object.entries(connection.settings)) know([value, name]);
    const credentials = await readStoredCredentials(place, connection).catch(() => undefined);
    if (credentials !== undefined) {
      know([credentials.clientId, 'client id'], [credentials.clientSecret.reveal(), 'client secret']);
      know([credentials.refreshToken.reveal(), 'refresh token']);
    }
    const stored = await readStored(place, connection).catch(() => undefined);
    const accessToken = stored?.token.document?.accessToken;
    if (accessToken !== undefined) know([accessToken.reveal(), 'access token']);
  }
}
