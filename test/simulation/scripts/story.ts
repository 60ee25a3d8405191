import { parseJson } from '../parse-json.ts';
import type { Fact } from '../world/facts.ts';

const minute = 60_000;

/** What happened, as lines that somebody can read; kept only where it is asked for. */
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

function lineOf(fact: Fact): string {
  switch (fact.kind) {
    case 'run begins':
      return `run ${fact.run.id} begins: ${fact.run.kind}, ${fact.run.delivery}`;
    case 'run ends':
      return `run ${fact.run.id} ends: ${fact.error === undefined ? JSON.stringify(fact.answer) : `THREW ${fact.error.message}`}`;
    case 'token request':
      return `run ${fact.run?.id ?? 'of people'} asks Zoho for a token of ${fact.connection}`;
    case 'token answer':
      return `run ${fact.run.id} hears ${fact.status} ${fact.body?.slice(0, 160) ?? 'nothing'}`;
    case 'probe answer':
      return `run ${fact.run.id} probe of ${fact.connection}: ${fact.outcome}`;
    case 'stored':
      return `run ${fact.run?.id ?? 'of people'} stores ${fact.connection} ${fact.secret} ${fact.label}${fact.isRepeat ? ' again' : ''}: ${summaryOf(fact.text)}`;
    case 'published':
      return `run ${fact.run.id} PUBLISHES ${fact.alert.state} ${fact.alert.severity} ${fact.alert.connection} ${fact.alert.code}${fact.isAnswered ? '' : ' (and does not learn of it)'}`;
    case 'publish failed':
      return `run ${fact.run.id} could not publish about ${fact.connection}`;
    case 'store failed':
      return `run ${fact.run.id} ${fact.operation} ${fact.connection} ${fact.label} failed`;
    case 'place taken':
      return `run ${fact.run.id} finds its place at ${fact.connection} taken`;
    case 'stray call':
      return `run ${fact.run.id} makes a stray call: ${fact.what}`;
    case 'changed':
    case 'fixed':
      return `people: ${fact.connection} ${fact.kind}`;
    case 'tick not delivered':
      return 'the tick is lost';
  }
}

/** What of a stored value helps to understand a breach; no secret is among it. */
function summaryOf(text: string): string {
  const fields = parseJson(text);
  if (fields === undefined) return text.slice(0, 40);
  const { expires_at: expiresAt, fault, state, incident, step, healing, throttle } = fields;
  return JSON.stringify({ expiresAt, fault, state, incident, step, healing, throttle });
}
