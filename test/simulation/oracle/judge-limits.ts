import { parseObject } from '../../../lambda/parse-object.ts';
import type { FactOf, RunOfLambda } from '../world/facts.ts';
import { day, minute, type Notebook } from './notebook.ts';

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
 * Beside its tokens a day bears 35 alerts, claimed and sent. One with more, as of a refusal that comes and goes at random,
 * has as many more.
 */
const mostAlertRecordsPerDay = mostPerDay - mostTokensPerCalmDay;

/** Invariant 5: Zoho's limits are never the reason for a failure. Are there too many requests, or is it too soon? */
export function judgeRequest(notes: Notebook, { run, connection, refreshToken }: FactOf<'token request'>): void {
  if (run === undefined) return;
  const { now } = notes;
  notes.tokenRequests += 1;
  const watch = notes.watch(connection);
  const known = (watch.requests.get(refreshToken) ?? []).filter(({ at }) => now - at < 10 * minute);
  const requests = [...known, { at: now, run }];
  watch.requests.set(refreshToken, requests);
  const doubled = requests.filter((request) => request.run.delivery === 'doubled').length;
  const forgiven = notes.excuse('doubled deliveries', doubled > 0) ? doubled : 0;
  const most = Math.min(mostRequestsDoubled, mostRequests + forgiven);
  if (requests.length > most)
    notes.breach(5, connection, `${requests.length} token requests in ten minutes, at most ${most} allowed`);
  const throttle = watch.throttles.get(refreshToken);
  if (throttle !== undefined && now - throttle.at < silence) judgeHaste(notes, run, connection, throttle);
}

function judgeHaste(
  notes: Notebook,
  run: RunOfLambda,
  connection: string,
  { at, run: throttled }: { at: number; run: RunOfLambda },
): void {
  const { endedAt, isKilled, environment } = throttled;
  if (notes.excuse('throttle heard by a run at work', !(endedAt !== undefined && run.startedAt > endedAt))) return;
  if (notes.excuse('throttle heard by a killed run', isKilled)) return;
  // What could not be recorded is known to the execution environment alone that heard it.
  const heard = notes.deedsOf(throttled, connection);
  const isUnread = heard.writeFailed || heard.isRecordUnread || notes.deedsOf(run, connection).isRecordUnread;
  if (notes.excuse('throttle that is not on record', isUnread && run.environment !== environment)) return;
  const minutes = ((notes.now - at) / minute).toFixed(1);
  notes.breach(5, connection, `a token request ${minutes} minutes after a throttle answer`);
}

/** Versions are scarce: each stays for a day, and a secret can bear only so many. */
export function judgeWrite(notes: Notebook, { run, connection, label, text, isRepeat }: FactOf<'stored'>): void {
  if (run === undefined || isRepeat) return;
  const { now, world, tickInterval } = notes;
  const watch = notes.watch(connection);
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
    (notes.excuse('records of many alerts', alertRecords > 0) ? alertRecords : 0) +
    (notes.excuse('writes that an operator asked for', asked > 0) ? asked : 0);
  if (writes.length > mostPerDay + forgiven)
    notes.breach(5, connection, `${writes.length} versions of a secret in a day`);
  if (writes.length <= mostTokensPerCalmDay) return;
  const ofTicks = count((write) => write.run.kind === 'tick');
  const tokens = count((write) => write.run.kind === 'tick' && write.isToken);
  const isDisturbed = world.disturbances.between(connection, now - day - tickInterval, now).length > 0;
  if (notes.excuse('writes of a day that was not calm', isDisturbed)) return;
  if (ofTicks > mostPerCalmDay || tokens > mostTokensPerCalmDay)
    notes.breach(5, connection, `${ofTicks} versions of a secret in a calm day`);
}
