import { expect, it } from 'vitest';
import { fault, pass, type Script, type Step, script } from './scripts/draw-steps.ts';
import { play } from './scripts/player.ts';
import { describeBreaches } from './simulate.ts';

const deploy = (change: 'wrong setting' | 'more scopes'): Step => ({ do: 'deploy', change, connection: 0 });
const end = (what: 'grant' | 'client secret'): Step => ({ do: 'end', what, connection: 0 });
const fix: Step = { do: 'fix', connection: 0 };

it.each<[title: string, steps: readonly Step[], more?: Partial<Script>]>([
  [
    'loses no try to ticks that come late, and is back before the token ends',
    [pass(118), fault('token', 'throttle_200', 26), pass(10)],
  ],
  [
    'waits out a throttle that comes while an alert cannot be published',
    [
      fault('publish', 'access_denied', 120),
      fault('token', 'hang', 2),
      pass(1),
      fault('token', 'throttle_400', 60),
      pass(10),
    ],
  ],
  [
    'alerts about a failure that only a person can end, even if no alert got out before it turned into less',
    [
      deploy('wrong setting'),
      pass(12),
      fault('publish', 'access_denied', 120),
      fault('token', 'invalid_client', 60),
      pass(60),
      fault('token', 'invalid_client', 60),
      pass(20),
    ],
  ],
  [
    'alerts about a refusal by AWS that is over when the alert gets out at last, so that on-call knows that a person is needed',
    [
      fault('token', 'refuse', 120),
      fault('get credentials', 'access_denied', 2),
      fault('publish', 'access_denied', 30),
      deploy('more scopes'),
      pass(25),
      fault('get token', 'access_denied', 1),
      { do: 'call', reason: 'unauthorized', force: false, connection: 0, times: 1, everySeconds: 0 },
    ],
  ],
  [
    'keeps what on-call surely knows if a later, lesser alert is sent once more',
    [
      pass(8),
      fault('token', 'invalid_client', 1),
      pass(1),
      fault('token', 'throttle_localised_400', 36),
      fault('publish', 'cut_connection_before', 30),
      end('grant'),
      pass(24),
      { do: 'crash', call: 1, when: 'before' },
      fix,
      pass(1),
    ],
    { chance: 992125, offsetSeconds: 256 },
  ],
  [
    'opens nothing about a setting if an overlapping run has stored a token and found nothing wrong with it',
    [fault('probe', 'desk:OAUTH_ORG_MISMATCH', 2, { share: 0.5 }), { do: 'ticks', come: 'twice', count: 1 }, pass(1)],
    { offsetSeconds: 232 },
  ],
  [
    'waits out a throttle of the refresh token that a new client secret leaves as it was',
    [
      pass(2),
      fault('token', 'throttle_400', 76),
      pass(16),
      end('client secret'),
      fix,
      fault('token', 'invalid_client', 120, { connection: 1 }),
      pass(6),
      { do: 'ticks', come: 'not', count: 1 },
    ],
    { connections: ['salesiq', 'desk'] },
  ],
  [
    'is given its time if every tick comes twice',
    [
      pass(6),
      fault('get token', 'access_denied', 16),
      pass(4),
      { do: 'ticks', come: 'far apart twice', count: 7 },
      fault('token', 'invalid_client', 11),
      pass(8),
    ],
  ],
])('a script that once broke an invariant: %s', async (_, steps, more = {}) => {
  expect(describeBreaches(await play(script(steps, more), { tellStory: true }))).toBe('');
});
