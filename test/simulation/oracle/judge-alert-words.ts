import type { AlertFacts, RunOfLambda } from '../world/facts.ts';
import { faultsOfAws } from '../world/world-faults.ts';
import { hour, lifeOf, minute, shadowOfRun } from './notebook.ts';
import type { Deeds, Watch } from './watch.ts';

/** Zoho is left alone for an hour at most. */
const longestSilence = 61 * minute;

/** What bears on what an alert says. */
export type AlertContext = {
  readonly alert: AlertFacts;
  readonly now: number;
  readonly watch: Watch;
  readonly deeds: Deeds;
  readonly run: RunOfLambda;
  /** What apps read now. */
  readonly stored: Readonly<Record<string, unknown>> | undefined;
  /** Tokens that some run was told are dead, or lack a scope. */
  readonly refused: ReadonlyMap<string, RunOfLambda>;
  /** Whether the alert is one that may be told twice. */
  readonly isRepeat: boolean;
};

/** What an alert says that is not so, by the design's own sentences. */
export function faultsOfAlert(context: AlertContext): string[] {
  return [...faultsOfCode(context), ...faultsOfSeverity(context), ...faultsOfMinutes(context)];
}

/** The code is one that was heard of since the incident began, and this run's own where Zoho refused it. */
function faultsOfCode({ alert, watch, deeds, run, isRepeat }: AlertContext): string[] {
  const { code, state, since } = alert;
  const heardAt = watch.heardCodes.get(code);
  // An execution environment tells again of the silence that it could not record.
  const earliest = Date.parse(since) - (code === 'rate_limited' ? longestSilence : shadowOfRun);
  if (heardAt === undefined || heardAt < earliest) {
    return [`"${state}" says ${code}, which nothing and nobody has said since the incident began`];
  }
  const hasAwsFault = (run.faultsMet.get(alert.connection) ?? []).some((fault) =>
    faultsOfAws.includes(fault),
  );
  const { refusalCodes } = deeds;
  const isOther = refusalCodes.length > 0 && !refusalCodes.includes(code);
  return isOther && !isRepeat && !hasAwsFault && state !== 'resolved'
    ? [`"${state}" says ${code}, and this run was refused with ${refusalCodes.join(' or ')}`]
    : [];
}

/** Critical at a sixth of the life or less, or where nothing usable is stored, whatever the code. */
function faultsOfSeverity({ alert, now, watch, deeds, stored, refused }: AlertContext): string[] {
  if (now - watch.tokenStoredAt < shadowOfRun) return [];
  const wrong = (left: string) => [`"${alert.state}" is ${alert.severity} with ${left} left`];
  if (deeds.hasFoundDead)
    return alert.severity === 'critical' ? [] : wrong('a token that a probe found dead');
  if (refused.has(String(stored?.access_token))) return [];
  const { expiresAt, life, left } = lifeOf(stored, now);
  const line = Number.isFinite(life) && life <= 24 * hour ? expiresAt - life / 6 : 0;
  // A line may be crossed between the deciding and the publishing of a run.
  if (Math.abs(now - line) < shadowOfRun) return [];
  const expected = now < line ? 'warning' : 'critical';
  if (alert.severity === expected) return [];
  return wrong(Number.isFinite(expiresAt) ? `${(left / minute).toFixed(1)} minutes` : 'nothing');
}

/** The minutes left are those of the stored token; 0 says that apps have none. */
function faultsOfMinutes({ alert, now, watch, stored, refused }: AlertContext): string[] {
  if (now - watch.tokenStoredAt < shadowOfRun || refused.has(String(stored?.access_token))) return [];
  const { life, left } = lifeOf(stored, now);
  const expected = life <= 24 * hour && left > 0 ? left / minute : 0;
  // Rounded up, and taken when the run decided, which may be a run's time ago.
  const isRight = alert.minutes_left >= expected && alert.minutes_left < expected + 1 + shadowOfRun / minute;
  return isRight
    ? []
    : [`"${alert.state}" says ${alert.minutes_left} minutes left, the stored token ${expected.toFixed(1)}`];
}
