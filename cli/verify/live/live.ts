import type { Account } from '../../place/account.ts';
import { attempt, type Finding, Stopped } from '../finding.ts';
import type { Deployed } from '../look-at-stack.ts';
import type { Subject } from '../subject.ts';
import { createCleanup } from './cleanup.ts';
import { byHand, enableLeftOver, tryDeadMan } from './dead-man.ts';
import { tryDelivery } from './deliver.ts';
import type { Interruption } from './interruption.ts';
import { tryScratchSecret } from './scratch-secret.ts';

/** What is said before anything is done. */
export function announce(hasDeadMan: boolean): readonly string[] {
  return [
    '--live does this in the account, and undoes it at its end, after Ctrl-C too:',
    '- makes a secret zoho-tokens-verify/..., writes about 200 versions of no meaning, deletes it',
    '- makes a queue zoho-tokens-verify-..., subscribes it to the alert and alarm topics, deletes both',
    '- sets the heartbeat alarm to ALARM and back: on-call gets both mails, or is paged',
    '- sends one alert that is marked as a test to everybody who is subscribed',
    ...(hasDeadMan
      ? [
          '- disables the schedule for 13 to 25 minutes: no token is refreshed meanwhile, and on-call gets the heartbeat',
          `  alarm and those of the connections; it is enabled again whatever happens; ${byHand}`,
        ]
      : []),
  ];
}

/** What was found until the end or until Ctrl-C, and what could not be undone. */
export type LiveResult = { readonly findings: readonly Finding[]; readonly left: readonly string[] };

/** Tries what cannot be tried by reading, and cleans up whatever happens. */
export async function verifyLive(
  account: Account,
  subject: Subject,
  deployed: Deployed,
  { hasDeadMan, interruption }: { readonly hasDeadMan: boolean; readonly interruption: Interruption },
): Promise<LiveResult> {
  const cleanup = createCleanup();
  const findings: Finding[] = [];
  let left: readonly string[] = [];
  interruption.begin();
  try {
    await attempt([], async () => {
      const enabled = await enableLeftOver(account, deployed);
      if (enabled > 0) subject.say('an earlier verify had left the schedule disabled: it is enabled again');
      return [];
    });
    findings.push(...(await tryScratchSecret(account.secrets, subject, cleanup)));
    findings.push(...(await tryDelivery(account, subject, deployed, cleanup)));
    if (hasDeadMan) findings.push(...(await tryDeadMan(account, subject, deployed, cleanup)));
  } catch (fault) {
    if (!(fault instanceof Stopped)) throw fault;
  } finally {
    interruption.beginCleaning();
    left = await cleanup.run();
    for (const what of left) subject.say(`could not be undone; by hand: ${what}`);
    interruption.end();
  }
  return { findings, left };
}
