import type { AlertFacts } from './facts.ts';
import type { Watch } from './watch.ts';

const minute = 60_000;
const hour = 60 * minute;

/** A token may be stored, or a line be crossed, between the deciding and the publishing of a run: Lambda's time-out. */
const longestRun = 61_000;
/** An incident tells its cause for as long as it lasts; what was heard this long before it began is not its cause. */
const causesLast = 26 * hour;

/** What bears on what an alert says. */
export type AlertContext = {
  readonly alert: AlertFacts;
  readonly now: number;
  readonly watch: Watch;
  /** What apps read now. */
  readonly stored: Record<string, unknown> | undefined;
  /** Whether a probe told some run that the stored token is dead. */
  readonly isFoundDead: boolean;
  /** Whether the alert is one that may be told twice. */
  readonly isRepeat: boolean;
};

/** What an alert says that is not so, by the design's own sentences. */
export function faultsOfAlert(context: AlertContext): string[] {
  return [...faultsOfCode(context), ...faultsOfSeverity(context), ...faultsOfCount(context)];
}

/** The code is one that the system has heard of. */
function faultsOfCode({ alert: { code, state }, now, watch }: AlertContext): string[] {
  const heardAt = watch.heardCodes.get(code);
  const isHeard = heardAt !== undefined && (watch.told === 'open' || now - heardAt < causesLast);
  return isHeard ? [] : [`"${state}" says ${code}, which nothing and nobody ever said`];
}

/** Critical at a sixth of the life or less, or where nothing usable is stored, whatever the code. */
function faultsOfSeverity({ alert, now, watch, stored, isFoundDead }: AlertContext): string[] {
  if (isFoundDead || now - watch.tokenStoredAt < longestRun) return [];
  const expiresAt = Date.parse(String(stored?.expires_at));
  const life = expiresAt - Date.parse(String(stored?.issued_at));
  const line = Number.isFinite(life) && life <= 24 * hour ? expiresAt - life / 6 : 0;
  if (Math.abs(now - line) < longestRun) return [];
  const expected = now < line ? 'warning' : 'critical';
  if (alert.severity === expected) return [];
  const left = Number.isFinite(expiresAt) ? `${((expiresAt - now) / minute).toFixed(1)} minutes` : 'nothing';
  return [`"${alert.state}" is ${alert.severity} with ${left} left`];
}

/** One escalation for each line crossed, of each stored token, and one for each turn for the worse. */
function faultsOfCount({ alert, watch, isRepeat }: AlertContext): string[] {
  if (alert.state !== 'escalated' || isRepeat) return [];
  const lines = 2 * Math.max(1, watch.tokensOfIncident.size);
  const turns = 2;
  return watch.escalations < lines + turns
    ? []
    : [`${watch.escalations + 1} escalations of one incident, for ${watch.tokensOfIncident.size} tokens`];
}
