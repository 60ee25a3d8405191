export const longestSubjectCharacters = 99;
/** SNS puts the display name of the topic before it; both together fill one part of 160 characters. */
export const longestSmsCharacters = 140;

/** How much of a hurry there is, e.g. `ACT BY 12:38 UTC, 8 MIN LEFT`; in short `ACT BY 12:38 UTC`. */
export type Urgency = { readonly word: string; readonly short: string };

/** What subject and SMS are made of. */
export type Headline = {
  readonly urgency: Urgency;
  /** e.g. `zoho/desk`. */
  readonly place: string;
  /** What happened; follows the place. */
  readonly title: string;
  readonly code: string;
  /** What to do, in three words. */
  readonly inShort: string;
};

/** Writes the subject. If it is too long, the title goes first; place and code always stay. */
export function writeSubject({ urgency: { word, short }, place, title, code }: Headline): string {
  return firstThatFits(longestSubjectCharacters, [
    `${word}: ${place} ${title} (${code})`,
    `${word}: ${place} (${code})`,
    `${short}: ${place} (${code})`,
    `${place} (${code})`,
  ]);
}

/** Writes the SMS. If it is too long, the minutes left go first; deadline, place and code always fit. */
export function writeSms({ urgency: { word, short }, place, code, inShort }: Headline): string {
  return firstThatFits(longestSmsCharacters, [
    `${word} ${place} ${code}: ${inShort}`,
    `${short} ${place} ${code}: ${inShort}`,
    `${short} ${place} ${code}`,
  ]);
}

function firstThatFits(longest: number, texts: readonly string[]): string {
  return texts.reduce((longer, shorter) => (longer.length <= longest ? longer : shorter));
}
