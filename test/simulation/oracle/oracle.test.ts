import { describe, expect, it } from 'vitest';
import { parseObject } from '../../../lambda/parse-object.ts';
import type { Step } from '../scripts/draw-steps.ts';
import { play } from '../scripts/player.ts';
import { fault, pass, script } from '../scripts/write-script.ts';
import type { Fact } from '../world/facts.ts';

type Tamper = (fact: Fact) => readonly Fact[];
type Kind<K extends Fact['kind']> = Extract<Fact, { kind: K }>;

/** Two refreshes and a refusal, so that there is an open alert, escalations and a resolved one. */
const refused: readonly Step[] = [pass(10), fault('token', 'invalid_code', 60), pass(16)];

/** Replaces facts of one kind. */
function on<K extends Fact['kind']>(kind: K, replace: (fact: Kind<K>) => readonly Fact[]): Tamper {
  return (fact) => (fact.kind === kind ? replace(fact as Kind<K>) : [fact]);
}
const changed = (text: string | undefined, fields: object) => JSON.stringify({ ...parseObject(text ?? ''), ...fields });
const isClaim = ({ label, text }: Kind<'stored'>, alert: string) =>
  label === 'INCIDENT' && text.includes(`"alert":"${alert}"`);
const isToken = ({ run, label, secret }: Kind<'stored'>) =>
  run !== undefined && label === 'AWSCURRENT' && secret === 'token';
const times = (count: number, fact: Fact) => Array.from({ length: count }, () => fact);

/** Asks Zoho once more on every tick that begins. */
function impatient(): Tamper {
  let last: Kind<'token request'> | undefined;
  return (fact) => {
    if (fact.kind === 'token request') last = fact;
    return fact.kind === 'run begins' && last !== undefined ? [fact, { ...last, run: fact.run }] : [fact];
  };
}

/** What the Lambda did is told to the oracle otherwise than it was: as if the Lambda had been wrong. */
describe('the oracle notices', () => {
  it('nothing if nothing is wrong', async () => {
    const { breaches, alerts } = await play(script(refused));
    expect(breaches).toEqual([]);
    expect(alerts).toBeGreaterThan(3);
  });

  const cases: [title: string, tamper: Tamper, breach: string, steps?: readonly Step[]][] = [
    [
      'an alert with the code of something that never happened',
      on('published', (fact) => [{ ...fact, alert: { ...fact.alert, code: 'invalid_client' } }]),
      '"open" says invalid_client, which nothing and nobody has said since the incident began',
    ],
    [
      'a severity that is not that of the stored token',
      on('published', (fact) => [{ ...fact, alert: { ...fact.alert, severity: 'critical' } }]),
      '"open" is critical with',
    ],
    [
      'a refusal of which nobody was told',
      on('published', () => []),
      'Zoho refused for a reason that a person must end, and nobody was told',
    ],
    [
      'a second alert of the same incident',
      on('published', (fact) => [fact, fact]),
      '"open" was published while the incident was open',
    ],
    [
      'an alert that nobody claimed',
      on('stored', (fact) => (isClaim(fact, 'open') ? [] : [fact])),
      '"open" was published and not claimed',
    ],
    [
      'an alert for a passing fault while the token lives',
      on('stored', (fact) => [{ ...fact, text: fact.text.replaceAll('invalid_code', 'zoho_unavailable') }]),
      'on-call was woken for zoho_unavailable with',
    ],
    [
      'a token that nobody gave',
      on('stored', (fact) =>
        isToken(fact) ? [{ ...fact, text: changed(fact.text, { access_token: '1005.of.nowhere' }) }] : [fact],
      ),
      'a token was stored that Zoho did not give to this run',
    ],
    [
      'a token that a probe refused',
      on('probe answer', (fact) => [{ ...fact, judged: 'token_rejected' }]),
      'a token was stored that a probe had refused',
    ],
    [
      'a token with a scope too few',
      on('token answer', (fact) => [{ ...fact, body: changed(fact.body, { scope: 'Desk.calls.CREATE' }) }]),
      'a token was stored, without Desk.calls.READ',
    ],
    [
      'a sixth request in ten minutes',
      on('token request', (fact) => times(6, fact)),
      '6 token requests in ten minutes',
    ],
    [
      'a request while Zoho wants silence',
      impatient(),
      'minutes after a throttle answer',
      [pass(4), fault('token', 'throttle_400', 8), pass(4)],
    ],
    [
      'a tick without the metric of the alarms',
      on('run ends', (fact) => [{ ...fact, lines: [] }]),
      'no SecondsToExpiry',
    ],
    [
      'an alert that SNS did not take, and a run that ended as if it had',
      on('run ends', ({ error, ...fact }) => [fact]),
      'an alert or a record could not be written, and the run did not fail',
      [fault('publish', 'access_denied', 300), ...refused],
    ],
    [
      'a new refresh token that was not kept',
      on('stored', (fact) => (fact.run !== undefined && fact.secret === 'credentials' ? [] : [fact])),
      'a new refresh token of Zoho was not kept',
      [fault('token', 'new_refresh_token', 30), pass(2)],
    ],
  ];
  it.each(cases)('%s', async (_, tamper, breach, steps = refused) => {
    const { breaches } = await play(script(steps), { tamper });
    expect(breaches.map(({ what }) => what).join('\n')).toContain(breach);
  });
});
