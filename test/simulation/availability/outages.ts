import { between, createRandom, type Random } from '../random.ts';
import { fault, type StepOf } from '../scripts/draw-steps.ts';

const minute = 60_000;

type Step = StepOf<'fault' | 'end' | 'fix' | 'people ask'>;

/** One thing that goes wrong in the month; instants in milliseconds from its start. */
export type Outage = {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly step: Step;
  /** What people do at its end. */
  readonly end?: Step | undefined;
};

const ofZoho = (name: string) => (minutes: number) => fault('token', name, minutes);
const once = (step: Step) => () => step;

/** How often something happens in 30 days, for how many minutes at least and at most, and what people do at its end. */
const kinds: readonly [number, string, number, number, (minutes: number) => Step, Step?][] = [
  [20, 'Zoho answers 502', 1, 25, ofZoho('html_502')],
  [6, 'Zoho hangs', 5, 20, ofZoho('hang')],
  [4, 'Zoho shows a page with status 200', 10, 29, ofZoho('html_200')],
  [2, 'Zoho is down for long', 90, 240, ofZoho('http_500')],
  [4, 'Zoho gives the token "undefined"', 5, 29, ofZoho('undefined_token')],
  [3, 'Zoho gives tokens that lack a scope', 5, 29, ofZoho('missing_scope:Desk.calls.READ')],
  [2, 'Zoho gives tokens that are dead', 5, 20, ofZoho('minted_dead')],
  [2, 'Zoho gives tokens of another prefix', 5, 20, ofZoho('wrong_prefix:1004.')],
  [2, 'Zoho wrongly refuses the refresh token', 5, 20, ofZoho('invalid_code')],
  [4, 'the service itself is down', 5, 30, (minutes) => fault('probe', 'http_500', minutes)],
  [4, 'somebody else asks too often', 0, 0, once({ do: 'people ask', connection: 0, times: 12 })],
  [3, 'the access token is pushed out', 0, 0, once({ do: 'end', what: 'access token', connection: 0 })],
  [
    1,
    'the consent is revoked, and given again an hour later',
    60,
    60,
    once({ do: 'end', what: 'grant', connection: 0 }),
    { do: 'fix', connection: 0 },
  ],
];

/** The month's outages, the same for the same seed; none overlaps another, so that each can be told apart. */
export function drawOutages(seed: number, days: number): Outage[] {
  const random = createRandom(seed);
  const outages: Outage[] = [];
  for (const [times, name, shortest, longest, makeStep, end] of kinds) {
    for (let count = 0; count < Math.round((times * days) / 30); count += 1) {
      const minutes = between(random, shortest, longest);
      outages.push({ name, ...freePlace(random, outages, minutes * minute, days), step: makeStep(minutes), end });
    }
  }
  return outages.toSorted((one, other) => one.from - other.from);
}

/** Two hours lie between the end of one outage and the beginning of the next. */
function freePlace(random: Random, taken: readonly Outage[], length: number, days: number) {
  const apart = 120 * minute;
  for (let tries = 0; tries < 100_000; tries += 1) {
    const from = between(random, 3 * 60 * minute, days * 24 * 60 * minute - length - apart);
    const to = from + length;
    if (taken.every((other) => to + apart < other.from || from - apart > other.to)) return { from, to };
  }
  throw new Error('too many outages for the time');
}
