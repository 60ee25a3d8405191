import { each, type Findings } from '../finding.ts';
import type { Deployment } from '../subject.ts';
import { createCleanup } from './cleanup.ts';
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
    for (const what of left) on.say(`could not be undone; by hand: ${what}`);
  }
}
