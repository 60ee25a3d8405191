import { parseJson } from '../parse-json.ts';
import { hour, lifeOf, minute, type Notebook } from './notebook.ts';

/** Invariant 2: a fault of Zoho shorter than this is never seen by an app. */
const shortFault = 30 * minute;

/** Measures for how long apps had no token, and judges why. */
export class JudgeOfLosses {
  /** The longest time from the end of a token to the next. */
  longestMinutes = 0;
  readonly #notes: Notebook;

  constructor(notes: Notebook) {
    this.#notes = notes;
  }

  /** A token was stored in place of another. */
  measure(before: string | undefined): void {
    const { left } = lifeOf(parseJson(before), this.#notes.now);
    if (left < 0) this.longestMinutes = Math.max(this.longestMinutes, -left / minute);
  }

  /** Was it a short fault of Zoho alone that left apps without a token? */
  judge(name: string): void {
    const { now, world } = this.#notes;
    const watch = this.#notes.watch(name);
    const isUsable = world.isUsable(name);
    const wasUsable = watch.wasUsable;
    watch.wasUsable = isUsable;
    if (isUsable || !wasUsable) return;
    const { expiresAt, life } = lifeOf(world.document(name), now);
    if (!(expiresAt <= now && life >= hour - minute && life <= hour)) return;
    const [first, ...others] = world.disturbances.between(name, expiresAt - 65 * minute, now);
    const length = first === undefined ? 0 : first.to - first.from;
    const isOfZoho = first?.what === 'zoho fault' && length < shortFault;
    if ((first !== undefined && !isOfZoho) || others.length > 0) return;
    const cause = first === undefined ? 'no fault at all' : `a fault of Zoho of ${length / minute} minutes`;
    this.#notes.breach(2, name, `apps were left without a token by ${cause}`);
  }
}
