import { describe, expect, it } from 'vitest';
import { play } from './play.ts';
import { answersOfZoho, refusalsOfZoho } from './scripts/odd-answers.ts';
import type { Script } from './scripts/steps.ts';
import { describeBreaches } from './simulate.ts';

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
