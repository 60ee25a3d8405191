import { describe, expect, it } from 'vitest';
import { play } from './play.ts';
import { describeFailure, simulate } from './simulate.ts';
import { answersOfZoho, refusalsOfZoho, type Script } from './steps.ts';

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

const shortMinutes = [16, 29];
const phases = [0, 1, 2, 3];
const shortFaults = (fault: string) =>
  shortMinutes.flatMap((minutes) => phases.map((phase) => shortFault(fault, minutes, phase)));

describe('a fault of Zoho shorter than 30 minutes', () => {
  for (const fault of answersOfZoho.filter((answer) => !refusalsOfZoho.includes(answer))) {
    it(`is never seen by an app: ${fault}`, async () => {
      for (const script of shortFaults(fault)) {
        const played = await play(script);
        expect(describeBreaches(played)).toBe('');
        expect(played.longestLossMinutes).toBe(0);
      }
    });
  }

  // The table of failure codes tries 10 and 40 minutes after the first: longer than the life that may be left.
  for (const fault of refusalsOfZoho) {
    it(`costs apps one tick and its lateness at most where it looks as if a person had to end it: ${fault}`, async () => {
      for (const script of shortFaults(fault)) {
        const played = await play(script);
        expect(describeBreaches(played)).toBe('');
        expect(played.longestLossMinutes).toBeLessThan(6);
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
