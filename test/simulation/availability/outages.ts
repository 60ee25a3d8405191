import { between, createRandom, type Random } from '../random.ts';
import type { CallPlace } from '../world/disturbances.ts';

const minute = 60_000;

/** One thing that goes wrong in the month; instants in milliseconds from its start. */
export type Outage = {
  readonly name: string;
  readonly from: number;
  readonly to: number;
} & (
  | { readonly kind: 'fault'; readonly place: CallPlace; readonly fault: string }
  | { readonly kind: 'access token killed' }
  | { readonly kind: 'grant revoked' }
  | { readonly kind: 'others ask'; readonly times: number }
);

/** What goes wrong how often in 30 days, and for how many minutes. */
const kinds: readonly [
  times: number,
  name: string,
  shortest: number,
  longest: number,
  what:
    | { kind: 'fault'; place: CallPlace; fault: string }
    | { kind: 'access token killed' }
    | { kind: 'grant revoked' }
    | { kind: 'others ask'; times: number },
][] = [
  [20, 'Zoho answers 502', 1, 25, { kind: 'fault', place: 'token', fault: 'html_502' }],
  [6, 'Zoho hangs', 5, 20, { kind: 'fault', place: 'token', fault: 'hang' }],
  [4, 'Zoho shows a page with status 200', 10, 29, { kind: 'fault', place: 'token', fault: 'html_200' }],
  [2, 'Zoho is down for long', 90, 240, { kind: 'fault', place: 'token', fault: 'http_500' }],
  [4, 'Zoho gives the token "undefined"', 5, 29, { kind: 'fault', place: 'token', fault: 'undefined_token' }],
  [
    3,
    'Zoho gives tokens that lack a scope',
    5,
    29,
    { kind: 'fault', place: 'token', fault: 'missing_scope:Desk.calls.READ' },
  ],
  [2, 'Zoho gives tokens that are dead', 5, 20, { kind: 'fault', place: 'token', fault: 'minted_dead' }],
  [
    2,
    'Zoho gives tokens of another prefix',
    5,
    20,
    { kind: 'fault', place: 'token', fault: 'wrong_prefix:1004.' },
  ],
  [
    2,
    'Zoho wrongly refuses the refresh token',
    5,
    20,
    { kind: 'fault', place: 'token', fault: 'invalid_code' },
  ],
  [4, 'the service itself is down', 5, 30, { kind: 'fault', place: 'probe', fault: 'http_500' }],
  [4, 'somebody else asks too often', 0, 0, { kind: 'others ask', times: 12 }],
  [3, 'the access token is pushed out', 0, 0, { kind: 'access token killed' }],
  [1, 'the consent is revoked, and given again an hour later', 60, 60, { kind: 'grant revoked' }],
];

/** The month's outages, the same for the same seed; none overlaps another, so that each can be told apart. */
export function drawOutages(seed: number, days: number): Outage[] {
  const random = createRandom(seed);
  const outages: Outage[] = [];
  for (const [times, name, shortest, longest, what] of kinds) {
    for (let count = 0; count < Math.round((times * days) / 30); count += 1) {
      const length = between(random, shortest, longest) * minute;
      outages.push({ name, ...freePlace(random, outages, length, days), ...what });
    }
  }
  return outages.toSorted((one, other) => one.from - other.from);
}

/** Two hours lie between the end of one outage and the beginning of the next. */
function freePlace(
  random: Random,
  taken: readonly Outage[],
  length: number,
  days: number,
): { from: number; to: number } {
  const apart = 120 * minute;
  for (let tries = 0; tries < 100_000; tries += 1) {
    const from = between(random, 3 * 60 * minute, days * 24 * 60 * minute - length - apart);
    const to = from + length;
    if (taken.every((other) => to + apart < other.from || from - apart > other.to)) return { from, to };
  }
  throw new Error('too many outages for the time');
}
