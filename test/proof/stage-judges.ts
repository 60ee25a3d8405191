import type { StageOnClock } from '../support/stage.ts';

const minute = 60_000;
/** A tick is up to a minute late, so that from one to the third after it may be 14 minutes. */
const silenceMinutes = 14;

/** Zoho's limits hold whatever happens: invariant 5. @param isThrottleKnown - Whether the system can know of a throttle answer. */
export function faultsOfRequests({ zoho }: Pick<StageOnClock, 'zoho'>, isThrottleKnown = true): string[] {
  const faults = new Set<string>();
  const requests = zoho.requests.filter(({ kind }) => kind === 'token');
  for (const { refreshTokenTail, at, outcome } of requests) {
    const next = requests.filter((each) => each.refreshTokenTail === refreshTokenTail && each.at >= at);
    if (next.filter((each) => each.at - at < 10 * minute).length > 5)
      faults.add('5: more than five token requests in ten minutes');
    const isHasty = next.some((each) => each.at > at && each.at - at < silenceMinutes * minute);
    if (isThrottleKnown && outcome === 'throttled' && isHasty)
      faults.add('5: a token request within 15 minutes of a throttle answer');
  }
  return [...faults];
}

/**
 * One incident has one "open" and one "resolved" alert: invariant 3.
 *
 * @param may - `repeat`: SNS may have taken an alert that nobody could record. `resolveLate`: what could not be said
 *   before the fault was over is one mail.
 */
export function faultsOfAlerts(states: readonly string[], may: { repeat: boolean; resolveLate?: boolean }): string[] {
  const faults: string[] = [];
  let isOpen = false;
  let before = '';
  for (const state of states) {
    const isRepeat = (state === 'open' && isOpen) || (state === 'resolved' && before === 'resolved');
    const isLate = state === 'resolved' && may.resolveLate === true;
    if (isRepeat && !may.repeat) faults.push(`3: "${state}" was repeated for no reason`);
    if (!isRepeat && state !== 'open' && !isOpen && !isLate) faults.push(`3: "${state}" before "open"`);
    isOpen = state !== 'resolved';
    before = state;
  }
  if (isOpen) faults.push(`3: alerts end with ${before}`);
  return faults;
}

/** Every version of a connection's secrets. */
export function versionsOf({ secretsManager }: Pick<StageOnClock, 'secretsManager'>, name: string): string[] {
  return ['token', 'credentials'].flatMap((secret) =>
    secretsManager.versions(`zoho/${name}/${secret}`).map(({ versionId }) => `${secret} ${versionId}`),
  );
}

/** No secret in any output, and no call but to read and to put: invariants 4 and 8. */
export function faultsOfOutputs(stage: Pick<StageOnClock, 'foundSecret' | 'secretsManager'>): string[] {
  const found = stage.foundSecret();
  const stray = stage.secretsManager.calls.find(
    ({ operation }) => !['GetSecretValue', 'PutSecretValue'].includes(operation),
  );
  return [
    ...(found === undefined ? [] : [`4: ${found}`]),
    ...(stray === undefined ? [] : [`8: called ${stray.operation}`]),
  ];
}
