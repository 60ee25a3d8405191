import { describe, expect, it } from 'vitest';
import { play } from './play.ts';
import { describeFailure, simulate } from './simulate.ts';
import { answersOfZoho, type Script } from './steps.ts';

/** Enough to find a fault in an afternoon's change; `npm run simulate` plays twenty times as many. */
const runs = 500;
/** The same for everybody, so that a red build is red again; the long run takes a new one each time. */
const seed = 20_260_301;

describe('weeks of operation under random faults', () => {
  it(`keep every invariant in ${runs} random scripts`, { timeout: 180_000 }, async () => {
    const simulated = await simulate({ seed, runs });
    expect(describeFailure(simulated)).toBe('');
    expect(simulated.scripts).toBe(runs);
  });
});

describe('a fault of Zoho shorter than 30 minutes', () => {
  for (const fault of answersOfZoho) {
    it(`is never seen by an app: ${fault}`, async () => {
      for (const minutes of [16, 29]) {
        for (let phase = 0; phase < 4; phase += 1) {
          expect(describeBreaches(await play(shortFault(fault, minutes, phase)))).toBe('');
        }
      }
    });
  }
});

/** A fault that begins at any point of a token's life. */
function shortFault(fault: string, minutes: number, phase: number): Script {
  return {
    chance: 7 * phase + 1,
    connections: ['salesiq', 'desk'],
    start: 'set up',
    offsetSeconds: (83 * phase) % 300,
    steps: [
      { do: 'pass', ticks: 9 + phase },
      { do: 'fault', place: 'token', fault, minutes, share: 1 },
      { do: 'pass', ticks: 24 },
    ],
  };
}

describe('scripts that once broke an invariant', () => {
  const once: [title: string, script: Script][] = [
    [
      'loses no try to ticks that come late, and is back before the token ends',
      {
        chance: 0,
        connections: ['desk'],
        start: 'set up',
        offsetSeconds: 0,
        steps: [
          { do: 'pass', ticks: 118 },
          { do: 'fault', place: 'token', fault: 'throttle_200', minutes: 26, share: 1 },
          { do: 'pass', ticks: 10 },
        ],
      },
    ],
    [
      'waits out a throttle that comes while an alert cannot be published',
      {
        chance: 0,
        connections: ['desk'],
        start: 'set up',
        offsetSeconds: 0,
        steps: [
          { do: 'fault', place: 'publish', fault: 'access-denied', minutes: 120, share: 1 },
          { do: 'fault', place: 'token', fault: 'hang', minutes: 2, share: 1 },
          { do: 'pass', ticks: 1 },
          { do: 'fault', place: 'token', fault: 'throttle_400', minutes: 60, share: 1 },
          { do: 'pass', ticks: 10 },
        ],
      },
    ],
  ];
  for (const [title, script] of once) {
    it(title, async () => {
      expect(describeBreaches(await play(script, true))).toBe('');
    });
  }
});

function describeBreaches({ breaches, story }: Awaited<ReturnType<typeof play>>): string {
  if (breaches.length === 0) return '';
  const lines = breaches.map(
    ({ invariant, connection, what }) => `invariant ${invariant} ${connection}: ${what}`,
  );
  return [...lines, ...story.slice(-20)].join('\n');
}
