import { parseJson } from '../parse-json.ts';
import type { Fact } from '../world/facts.ts';

const minute = 60_000;

/** What happened, as lines that somebody can read; kept only if it is asked for. */
export class Story {
  readonly lines: string[] = [];
  readonly #isTold: boolean;
  readonly #start: number;
  readonly #now: () => number;

  /** @param start - Epoch milliseconds from which minutes count. */
  constructor(isTold: boolean, start: number, now: () => number) {
    this.#isTold = isTold;
    this.#start = start;
    this.#now = now;
  }

  say(line: string): void {
    if (!this.#isTold) return;
    const now = this.#now();
    const time = new Date(now).toISOString().slice(5, 19);
    this.lines.push(`${time} (+${((now - this.#start) / minute).toFixed(2)} min)  ${line}`);
  }

  tell(fact: Fact): void {
    if (this.#isTold) this.say(`  ${lineOf(fact)}`);
  }
}

/** Who did what, and of its fields what helps to understand a breach. */
function lineOf(fact: Fact): string {
  const run = 'run' in fact ? fact.run : undefined;
  const shown: Record<string, unknown> = { ...fact, run: undefined, kind: undefined };
  for (const hidden of ['refreshToken', 'accessToken', 'before', 'lines']) delete shown[hidden];
  if (fact.kind === 'run begins') shown.event = fact.run.event;
  if (fact.kind === 'published') shown.text = undefined;
  if ('body' in fact) shown.body = fact.body?.slice(0, 160);
  if (fact.kind === 'stored') shown.text = summaryOf(fact.text);
  return `${run === undefined ? 'people' : `run ${run.id} (${run.delivery})`}: ${fact.kind} ${JSON.stringify(shown)}`;
}

function summaryOf(text: string): unknown {
  const fields = parseJson(text);
  if (fields === undefined) return text.slice(0, 40);
  const { expires_at, fault, state, incident, step, claim, healing, throttle } = fields;
  return { expires_at, fault, state, incident, step, claim, healing, throttle };
}
