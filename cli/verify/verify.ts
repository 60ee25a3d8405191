import type { Account } from '../place/account.ts';
import type { Place } from '../place/place.ts';
import { readStored } from '../stored/read-stored.ts';
import { readStoredCredentials } from '../stored/read-stored-credentials.ts';
import { attempt, type Finding } from './finding.ts';
import type { Interruption } from './live/interruption.ts';
import { verifyLive } from './live/live.ts';
import { lookAtAlarms } from './look-at-alarms.ts';
import { type AppRole, lookAtRoles } from './look-at-roles.ts';
import { lookAtSchedule } from './look-at-schedule.ts';
import { lookAtSecrets } from './look-at-secrets.ts';
import { type Deployed, findDeployed, lookAtStack } from './look-at-stack.ts';
import { lookAtTicks } from './look-at-ticks.ts';
import { lookAtTopics } from './look-at-topics.ts';
import type { Missing } from './report.ts';
import type { Subject } from './subject.ts';
import type { Transcript } from './transcript.ts';
import { askForToken } from './zoho/ask-for-token.ts';
import { askServices } from './zoho/ask-services.ts';

/** What is to be tried. */
export type Wanted = {
  readonly roles: readonly AppRole[];
  /** Left out, nothing is tried that has an effect. */
  readonly live?: { readonly hasDeadMan: boolean; readonly interruption: Interruption };
};

/** What was found, what could not be undone, and which parts did not run. */
export type Verified = {
  readonly findings: readonly Finding[];
  readonly left: readonly string[];
  readonly missing: Missing;
};

/** Verifies a deployment, from what cannot disturb anything to what can. */
export async function verifyAll(
  place: Place,
  account: Account | undefined,
  subject: Subject,
  transcript: Transcript,
  wanted: Wanted,
): Promise<Verified> {
  await learnWhatIsSecret(place, subject, transcript);
  const callZoho = transcript.hearZoho(place.callZoho);
  const findings: Finding[] = [];
  let left: readonly string[] = [];
  if (account !== undefined) {
    const deployed = await findDeployed(account, subject.functionName);
    transcript.know([deployed.account, 'account']);
    findings.push(...(await look(account, subject, deployed, wanted.roles)));
    if (wanted.live !== undefined) {
      const live = await verifyLive(account, subject, deployed, wanted.live);
      findings.push(...live.findings);
      left = live.left;
      if (wanted.live.interruption.isStopped()) return { findings, left, missing: {} };
    }
  }
  subject.say('asking Zoho: reads alone, and two token requests');
  findings.push(...(await askServices(place, callZoho, subject)));
  findings.push(...(await askForToken(place, callZoho, subject)));
  return { findings, left, missing: missingOf(account, wanted) };
}

async function look(
  account: Account,
  subject: Subject,
  deployed: Deployed,
  roles: readonly AppRole[],
): Promise<readonly Finding[]> {
  const { findings, topics } = await lookAtAlarms(account, subject);
  return [
    ...(await lookAtStack(account, subject)),
    ...(await lookAtSchedule(account, deployed)),
    ...(await lookAtTicks(account, subject, deployed)),
    ...findings,
    ...(await lookAtTopics(account, subject, deployed, topics)),
    ...(await lookAtSecrets(account, subject)),
    ...(await lookAtRoles(account, subject, deployed, roles)),
  ];
}

function missingOf(account: Account | undefined, { roles, live }: Wanted): Missing {
  if (account === undefined) {
    const why = 'the local store plays no account';
    return { reads: why, 'app role': why, live: why, 'dead man': why };
  }
  return {
    ...(roles.length > 0 ? {} : { 'app role': 'no --app-role was given' }),
    ...(live !== undefined ? {} : { live: '--live was not given' }),
    ...(live?.hasDeadMan ? {} : { 'dead man': '--dead-man was not given' }),
  };
}

/** Values of this deployment that must not be in a transcript, whatever answer repeats them. */
async function learnWhatIsSecret(
  place: Place,
  { all, secretPrefix }: Subject,
  { know }: Transcript,
): Promise<void> {
  // The prefix alone may be a word of every host.
  know([`${secretPrefix}/refresher`, 'alarm of the refresher']);
  for (const connection of all) {
    know([`${secretPrefix}/${connection.name}`, 'prefix and connection']);
    for (const [name, value] of Object.entries(connection.settings)) know([value, name]);
    await attempt([], async () => {
      const credentials = await readStoredCredentials(place, connection);
      const { token } = await readStored(place, connection);
      if (credentials !== undefined) {
        know([credentials.clientId, 'client id'], [credentials.clientSecret.reveal(), 'client secret']);
        know([credentials.refreshToken.reveal(), 'refresh token']);
      }
      if (token.document !== undefined) know([token.document.accessToken.reveal(), 'access token']);
      return [];
    });
  }
}
