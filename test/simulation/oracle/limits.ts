import { parseObject } from '../../../lambda/parse-object.ts';
import type { FactOf, RunOfLambda } from '../world/facts.ts';
import { type Case, day, minute } from './notebook.ts';

/** Requests of one grant in ten minutes; each that a doubled delivery made is forgiven, up to eight. */
const mostRequests = 5;
const mostRequestsDoubled = 8;

/** A tick is up to a minute late, so that from one to the third after it may be 14 minutes. */
const silence = 14 * minute;

/** One write in ten minutes, sustained: what Secrets Manager can bear, as each version stays for a day. */
const mostPerDay = 144;
/** Of a day on which nothing new goes wrong: with the records of what still does. */
const mostPerCalmDay = 100;
/** A token every 20 to 25 minutes is 58 to 72 a day; jitter makes one more or less. */
const mostTokensPerCalmDay = 73;
/**
 * Beside its tokens and the tries of what still fails a day bears 22 alerts, claimed and sent. One with more, as of a refusal
 * that comes and goes at random, has as many more.
 */
const mostAlertRecordsPerDay = mostPerDay - mostPerCalmDay;

/** Invariant 5: Zoho's limits are never the reason for a failure. Are there too many requests, or is it too soon? */
export function judgeRequest(of: Case, refreshToken: string): void {
  const { now, run, watch } = of;
  of.notes.tokenRequests += 1;
  const known = (watch.requests.get(refreshToken) ?? []).filter(({ at }) => now - at < 10 * minute);
  const requests = [...known, { at: now, run }];
  watch.requests.set(refreshToken, requests);
  const doubled = requests.filter((request) => request.run.delivery === 'doubled').length;
  const forgiven = of.excuse('doubled deliveries', doubled > 0) ? doubled : 0;
  const most = Math.min(mostRequestsDoubled, mostRequests + forgiven);
  if (requests.length > most) of.breach(5, `${requests.length} token requests in ten minutes, at most ${most} allowed`);
  const throttle = watch.throttles.get(refreshToken);
  if (throttle !== undefined && now - throttle.at < silence) judgeHaste(of, throttle.at, throttle.run);
}

function judgeHaste(of: Case, at: number, throttled: RunOfLambda): void {
  const { run } = of;
  const { endedAt, isKilled, environment } = throttled;
  if (of.excuse('throttle heard by a run at work', !(endedAt !== undefined && run.startedAt > endedAt))) return;
  if (of.excuse('throttle heard by a killed run', isKilled)) return;
  // What could not be recorded is known to the execution environment alone that heard it.
  const heard = of.notes.deedsOf(throttled, of.name);
  const isUnread = heard.writeFailed || heard.isRecordUnread || of.deeds.isRecordUnread;
  if (of.excuse('throttle that is not on record', isUnread && run.environment !== environment)) return;
  of.breach(5, `a token request ${((of.now - at) / minute).toFixed(1)} minutes after a throttle answer`);
}

/** Versions are scarce: each stays for a day, and a secret can bear only so many. */
export function judgeWrite(of: Case, { label, text, isRepeat }: FactOf<'stored'>): void {
  if (isRepeat) return;
  const { now, run, watch } = of;
  const { writes } = watch;
  while (writes[0] !== undefined && now - writes[0].at >= day) writes.shift();
  const isToken = label === 'AWSCURRENT';
  // Whether a record claims an alert, or is the first to say that it is out.
  const claim = isToken ? watch.lastClaimText : JSON.stringify(parseObject(text)?.claim ?? null);
  writes.push({ at: now, run, isToken, isOfAlert: claim !== watch.lastClaimText });
  watch.lastClaimText = claim;
  const count = (is: (write: (typeof writes)[number]) => boolean) => writes.filter(is).length;
  const alertRecords = count(({ isOfAlert }) => isOfAlert) - mostAlertRecordsPerDay;
  const asked = count((write) => (write.run.event as { reason?: string }).reason === 'operator');
  const forgiven =
    (of.excuse('records of many alerts', alertRecords > 0) ? alertRecords : 0) +
    (of.excuse('writes that an operator asked for', asked > 0) ? asked : 0);
  if (writes.length > mostPerDay + forgiven) of.breach(5, `${writes.length} versions of a secret in a day`);
  if (writes.length <= mostTokensPerCalmDay) return;
  const ofTicks = count((write) => write.run.kind === 'tick');
  const tokens = count((write) => write.run.kind === 'tick' && write.isToken);
  const isDisturbed = of.world.disturbances.between(of.name, now - day - of.notes.tickInterval, now).length > 0;
  if (of.excuse('writes of a day that was not calm', isDisturbed)) return;
  if (ofTicks > mostPerCalmDay || tokens > mostTokensPerCalmDay)
    of.breach(5, `${ofTicks} versions of a secret in a calm day`);
}
