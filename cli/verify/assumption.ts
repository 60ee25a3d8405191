/** How sure a fact about Zoho or AWS is, surest first. */
export const certainties = {
  documented: 'by its maker',
  recorded: 'a recorded answer of the real service, or a deployment that works',
  measured: 'here, with the published packages',
  quoted: "the maker's text, known only through somebody who quotes it",
  told: 'by a third party, the answer not shown',
  inferred: 'from other facts',
  open: 'nobody knew before a live test',
} as const;
export type Certainty = keyof typeof certainties;

/** What `verify` needs before it can settle an assumption. */
export type Part = 'reads' | 'zoho' | 'app role' | 'live' | 'dead man';

/** One thing that this project takes for true of a service that it has never met. */
export type Assumption = {
  readonly says: string;
  readonly certainty: Certainty;
  readonly source: string;
  /** The promise of the README that rests on it; left out if none does. */
  readonly promise?: number;
  /** What settles it, or why `verify` does not try. */
  readonly settled: Part | { readonly not: string };
};

/** An answer of Zoho's: the stand-in gives it, and `verify` expects it of the real service. */
export type AnswerAssumption = Assumption & {
  readonly code: string;
  readonly answer: { readonly status: number; readonly message: string };
};
