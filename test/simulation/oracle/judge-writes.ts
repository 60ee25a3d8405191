import { parseJson } from '../parse-json.ts';
import type { Fact } from '../world/facts.ts';
import { day, type Notebook } from './notebook.ts';

/** One write in ten minutes, sustained: what Secrets Manager can bear, as each version stays for a day. */
const mostPerDay = 144;
/** Forty alerts, claimed and sent: a day with more, as of a refusal that comes and goes at random, has as many more. */
const mostAlertRecordsPerDay = 80;
/** Of a day on which nothing new goes wrong: with the records of what still does. */
const mostPerCalmDay = 100;
/** A token every 20 to 25 minutes is 58 to 72 a day; jitter makes one more or less. */
const mostTokensPerCalmDay = 73;

/** Versions are scarce: each stays for a day, and a secret can bear only so many. */
export class JudgeOfWrites {
  readonly #notes: Notebook;

  constructor(notes: Notebook) {
    this.#notes = notes;
  }

  judge({ run, connection, label, text, isRepeat }: Fact & { kind: 'stored' }): void {
    if (run === undefined || isRepeat) return;
    const { now } = this.#notes;
    const { writes } = this.#notes.watch(connection);
    while (writes[0] !== undefined && now - writes[0].at >= day) writes.shift();
    const isToken = label === 'AWSCURRENT';
    writes.push({
      at: now,
      isOfTick: run.kind === 'tick',
      isToken,
      isOfOperator: (run.event as { reason?: string }).reason === 'operator',
      isOfAlert: !isToken && this.#isOfAlert(connection, text),
    });
    const alertRecords = writes.filter((write) => write.isOfAlert).length - mostAlertRecordsPerDay;
    const more = this.#notes.excuse('records of many alerts', alertRecords > 0) ? alertRecords : 0;
    const asked = writes.filter((write) => write.isOfOperator).length;
    const forgiven = more + (this.#notes.excuse('writes that an operator asked for', asked > 0) ? asked : 0);
    if (writes.length > mostPerDay + forgiven) this.#breach(connection, writes.length, 'a day');
    if (writes.length <= mostTokensPerCalmDay) return;
    const ofTicks = writes.filter(({ isOfTick }) => isOfTick);
    const tokens = ofTicks.filter(({ isToken }) => isToken);
    const isMuch = ofTicks.length > mostPerCalmDay || tokens.length > mostTokensPerCalmDay;
    const isCalm = !this.#notes.excuse('writes of a day that was not calm', !this.#isCalm(connection));
    if (isMuch && isCalm) this.#breach(connection, ofTicks.length, 'a calm day');
  }

  /** Whether a record claims an alert, or is the first to say that it is out. */
  #isOfAlert(connection: string, text: string): boolean {
    const watch = this.#notes.watch(connection);
    const claim = JSON.stringify(parseJson(text)?.claim ?? null);
    const isNew = claim !== watch.lastClaimText;
    watch.lastClaimText = claim;
    return isNew;
  }

  #isCalm(connection: string): boolean {
    const { now, world, tickInterval } = this.#notes;
    return world.disturbances.between(connection, now - day - tickInterval, now).length === 0;
  }

  #breach(connection: string, versions: number, when: string): void {
    this.#notes.breach(5, connection, `${versions} versions of a secret in ${when}`);
  }
}
