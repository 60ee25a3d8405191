import { describe, expect, it } from 'vitest';
import { play } from './play.ts';
import type { Script } from './scripts/steps.ts';
import { describeBreaches } from './simulate.ts';

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
    [
      'tells of a failure that only a person can end, also where an alert about it never got out before it turned into less',
      {
        chance: 0,
        connections: ['desk'],
        start: 'set up',
        offsetSeconds: 0,
        steps: [
          { do: 'deploy', change: 'wrong setting', connection: 0 },
          { do: 'pass', ticks: 12 },
          { do: 'fault', place: 'publish', fault: 'access-denied', minutes: 120, share: 1 },
          { do: 'fault', place: 'token', fault: 'invalid_client', minutes: 60, share: 1 },
          { do: 'pass', ticks: 60 },
          { do: 'fault', place: 'token', fault: 'invalid_client', minutes: 60, share: 1 },
          { do: 'pass', ticks: 20 },
        ],
      },
    ],
    [
      'tells of a refusal by AWS that is over when the alert gets out at last, and on-call knows by it that a person is needed',
      {
        chance: 0,
        connections: ['desk'],
        start: 'set up',
        offsetSeconds: 0,
        steps: [
          { do: 'fault', place: 'token', fault: 'refused', minutes: 120, share: 1 },
          { do: 'fault', place: 'get credentials', fault: 'access-denied', minutes: 2, share: 1 },
          { do: 'fault', place: 'publish', fault: 'access-denied', minutes: 30, share: 1 },
          { do: 'deploy', change: 'more scopes', connection: 0 },
          { do: 'pass', ticks: 10 },
          { do: 'pass', ticks: 15 },
          { do: 'fault', place: 'get token', fault: 'access-denied', minutes: 1, share: 1 },
          { do: 'call', reason: 'unauthorized', force: false, connection: 0, times: 1, everySeconds: 0 },
        ],
      },
    ],
    [
      'keeps what on-call surely knows, where a later alert is told once more about less',
      {
        chance: 992125,
        connections: ['desk'],
        start: 'set up',
        offsetSeconds: 256,
        steps: [
          { do: 'pass', ticks: 8 },
          { do: 'fault', place: 'token', fault: 'invalid_client', minutes: 1, share: 1 },
          { do: 'pass', ticks: 1 },
          { do: 'fault', place: 'token', fault: 'throttle_localised_400', minutes: 36, share: 1 },
          { do: 'fault', place: 'publish', fault: 'lost answer', minutes: 30, share: 1 },
          { do: 'end', what: 'grant', connection: 0 },
          { do: 'pass', ticks: 24 },
          { do: 'crash', call: 1, when: 'before' },
          { do: 'fix', connection: 0 },
          { do: 'pass', ticks: 1 },
        ],
      },
    ],
    [
      'opens nothing about a setting where an overlapping run has stored a token and found nothing wrong with it',
      {
        chance: 0,
        connections: ['desk'],
        start: 'set up',
        offsetSeconds: 232,
        steps: [
          { do: 'fault', place: 'probe', fault: 'desk:OAUTH_ORG_MISMATCH', minutes: 2, share: 0.5 },
          { do: 'ticks', come: 'twice', count: 1 },
          { do: 'pass', ticks: 1 },
        ],
      },
    ],
    [
      'waits out a throttle of the refresh token that a new client secret leaves as it was',
      {
        chance: 0,
        connections: ['salesiq', 'desk'],
        start: 'set up',
        offsetSeconds: 0,
        steps: [
          { do: 'pass', ticks: 2 },
          { do: 'fault', place: 'token', fault: 'throttle_400', minutes: 76, share: 1 },
          { do: 'pass', ticks: 16 },
          { do: 'end', what: 'client secret', connection: 0 },
          { do: 'fix', connection: 0 },
          { do: 'fault', place: 'token', fault: 'invalid_client', minutes: 120, share: 1, connection: 1 },
          { do: 'pass', ticks: 6 },
          { do: 'ticks', come: 'not', count: 1 },
        ],
      },
    ],
    [
      'is given its time, where every tick comes twice',
      {
        chance: 0,
        connections: ['desk'],
        start: 'set up',
        offsetSeconds: 0,
        steps: [
          { do: 'pass', ticks: 6 },
          { do: 'fault', place: 'get token', fault: 'access-denied', minutes: 16, share: 1 },
          { do: 'pass', ticks: 4 },
          { do: 'ticks', come: 'far apart twice', count: 7 },
          { do: 'fault', place: 'token', fault: 'invalid_client', minutes: 11, share: 1 },
          { do: 'pass', ticks: 8 },
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
