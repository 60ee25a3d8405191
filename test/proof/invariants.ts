import type { StageOnClock } from '../support/stage.ts';

const minute = 60_000;
/** A tick is up to a minute late, so that from one to the third after it may be 14 minutes. */
const silenceMinutes = 14;

/** What may be otherwise than the design's sentences have it. */
type May = {
  /** SNS may have taken an alert that nobody could record. */
  readonly repeat: boolean;
  /** What could not be said before the fault was over is one mail. */
  readonly resolveLate?: boolean;
  /** The system cannot know of a throttle answer. */
  readonly askTooSoon?: boolean;
};

/** Watches from outside what holds whatever befalls a connection: invariants 1, 3, 4, 5 and 8. */
export function watchStage(stage: StageOnClock, name: string) {
  const broken = new Set<string>();
  let text = stage.read(name);
  return {
    broken,
    look(): void {
      const isNew = stage.read(name) !== text && stage.read(name) !== 'nothing stored yet';
      if (isNew && !stage.isGood(name)) broken.add('1: a token was stored that is not good');
      text = stage.read(name);
    },
    end(may: May): string[] {
      const states = stage.alerts().flatMap(({ connection, state }) => (connection === name ? [state] : []));
      return [...broken, ...faultsOfAlerts(states, may), ...faultsOfRequests(stage, may), ...faultsOfOutputs(stage)];
    },
  };
}

/** Zoho's limits hold whatever happens: invariant 5. */
function faultsOfRequests({ zoho }: StageOnClock, { askTooSoon = false }: May): string[] {
  const faults = new Set<string>();
  const requests = zoho.requests.filter(({ kind }) => kind === 'token');
  for (const { refreshTokenTail, at, outcome } of requests) {
    const next = requests.filter((each) => each.refreshTokenTail === refreshTokenTail && each.at >= at);
    if (next.filter((each) => each.at - at < 10 * minute).length > 5)
      faults.add('5: more than five token requests in ten minutes');
    const isHasty = next.some((each) => each.at > at && each.at - at < silenceMinutes * minute);
    if (!askTooSoon && outcome === 'throttled' && isHasty)
      faults.add('5: a token request within 15 minutes of a throttle answer');
  }
  return [...faults];
}

/** One incident has one "open" and one "resolved" alert: invariant 3. */
function faultsOfAlerts(states: readonly string[], { repeat, resolveLate = false }: May): string[] {
  const faults: string[] = [];
  let isOpen = false;
  let before = '';
  for (const state of states) {
    const isRepeat = (state === 'open' && isOpen) || (state === 'resolved' && before === 'resolved');
    if (isRepeat && !repeat) faults.push(`3: "${state}" was repeated for no reason`);
    if (!isRepeat && state !== 'open' && !isOpen && !(state === 'resolved' && resolveLate))
      faults.push(`3: "${state}" before "open"`);
    isOpen = state !== 'resolved';
    before = state;
  }
  if (isOpen) faults.push(`3: alerts end with ${before}`);
  return faults;
}

/** No secret in any output; no call but to read and to put, so that nothing is deleted: invariants 4 and 8. */
function faultsOfOutputs(stage: StageOnClock): string[] {
  const found = stage.foundSecret();
  const stray = stage.secretsManager.calls.find(({ operation }) => !/^(Get|Put)SecretValue$/.test(operation));
  return [
    ...(found === undefined ? [] : [`4: ${found}`]),
    ...(stray === undefined ? [] : [`8: called ${stray.operation}`]),
  ];
}
