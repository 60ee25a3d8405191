import { type Finding, Stopped } from '../finding.ts';
import type { Deployment } from '../subject.ts';
import { createCleanup, type Stop } from './cleanup.ts';
import { byHand, tryDeadMan } from './dead-man.ts';
import { tryDelivery } from './deliver.ts';
import { tryScratchSecret } from './scratch-secret.ts';

export function announce(title: string, hasDeadMan: boolean): readonly string[] {
  return [
    `--live does this in ${title}, and undoes it at its end, after Ctrl-C too:`,
    '- enables the schedule, if an earlier verify that was killed left it disabled',
    '- makes a secret zoho-tokens-verify/..., writes about 200 versions of no meaning, deletes it',
    '- makes a queue zoho-tokens-verify-..., subscribes it to the alert and alarm topics, deletes both',
    '- sets the heartbeat alarm to ALARM and back: on-call gets both mails, or is paged',
    '- sends one alert that is marked as a test to everybody who is subscribed',
    ...(hasDeadMan
      ? [
          '- disables the schedule for 13 to 25 minutes: no token is refreshed meanwhile, and on-call gets the heartbeat',
          `  alarm and those of the connections; it is enabled again whatever happens; ${byHand};`,
          '  keep this machine awake until the end',
        ]
      : []),
  ];
}

/** Tries what cannot be tried by reading, and cleans up whatever happens, after Ctrl-C too. */
export async function verifyLive(on: Deployment, hasDeadMan: boolean, stop: Stop) {
  const cleanup = createCleanup();
  const findings: Finding[] = [];
  let left: readonly string[] = [];
  try {
    findings.push(...(await tryScratchSecret(on, cleanup)));
    findings.push(...(await tryDelivery(on, cleanup)));
    if (hasDeadMan) findings.push(...(await tryDeadMan(on, cleanup)));
  } catch (fault) {
    if (!(fault instanceof Stopped)) throw fault;
  } finally {
    left = await stop.whileItCleans(() => cleanup.run(on));
    for (const what of left) on.say(`could not be undone; by hand: ${what}`);
  }
  return { findings, left };
}
