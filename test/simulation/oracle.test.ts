import { expect, it } from 'vitest';
import { parseObject } from '../../lambda/parse-object.ts';
import { fault, pass, type Step, script } from './scripts/draw-steps.ts';
import { play } from './scripts/player.ts';
import type { Fact, FactOf } from './world/facts.ts';

type Tamper = (fact: Fact) => readonly Fact[];

/** Two refreshes and a refusal, so that there is an open alert, escalations and a resolved one. */
const refused: readonly Step[] = [pass(10), fault('token', 'invalid_code', 60), pass(16)];

type FactIs<K extends Fact['kind']> = (fact: FactOf<K>) => boolean;

/** Replaces facts of one kind, if they are meant. */
function on<K extends Fact['kind']>(
  kind: K,
  replace: (fact: FactOf<K>) => readonly Fact[],
  isMeant: FactIs<K> = () => true,
): Tamper {
  return (fact) => {
    const meant = fact as unknown as FactOf<K>;
    return fact.kind === kind && isMeant(meant) ? replace(meant) : [fact];
  };
}
const hide = <K extends Fact['kind']>(kind: K, isMeant?: FactIs<K>) => on(kind, () => [], isMeant);
const alertSays = (fields: Partial<FactOf<'published'>['alert']>) =>
  on('published', (fact) => [{ ...fact, alert: { ...fact.alert, ...fields } }]);
const changed = (text = '', fields: object) => JSON.stringify({ ...parseObject(text), ...fields });
const isToken = ({ run, label, secret }: FactOf<'stored'>) =>
  run !== undefined && label === 'AWSCURRENT' && secret === 'token';

/** Asks Zoho once more on every tick that begins. */
function impatient(): Tamper {
  let last: FactOf<'token request'> | undefined;
  return (fact) => {
    if (fact.kind === 'token request') last = fact;
    return fact.kind === 'run begins' && last !== undefined ? [fact, { ...last, run: fact.run }] : [fact];
  };
}

it('the oracle notices nothing if nothing is wrong', async () => {
  const { breaches, alerts } = await play(script(refused));
  expect(breaches).toEqual([]);
  expect(alerts).toBeGreaterThan(3);
});

/** The oracle gets altered facts, as if the Lambda had done something wrong. */
it.each<[breach: string, tamper: Tamper, steps?: readonly Step[]]>([
  [
    '"open" says invalid_client, which nothing and nobody has said since the incident began',
    alertSays({ code: 'invalid_client' }),
  ],
  ['"open" is critical with', alertSays({ severity: 'critical' })],
  ['Zoho refused for a reason that a person must end, and nobody was alerted', hide('published')],
  ['"open" was published while the incident was open', on('published', (fact) => [fact, fact])],
  [
    '"open" was published and not claimed',
    hide('stored', ({ label, text }) => label === 'INCIDENT' && text.includes('"alert":"open"')),
  ],
  [
    'on-call was woken for zoho_unavailable with',
    on('stored', (fact) => [{ ...fact, text: fact.text.replaceAll('invalid_code', 'zoho_unavailable') }]),
  ],
  [
    'a token was stored that Zoho did not give to this run',
    on('stored', (fact) => [{ ...fact, text: changed(fact.text, { access_token: '1005.of.nowhere' }) }], isToken),
  ],
  [
    'a token was stored that a probe had refused',
    on('probe answer', (fact) => [{ ...fact, judged: 'token_rejected' }]),
  ],
  [
    'a token was stored, without Desk.calls.READ',
    on('token answer', (fact) => [{ ...fact, body: changed(fact.body, { scope: 'Desk.calls.CREATE' }) }]),
  ],
  ['6 token requests in ten minutes', on('token request', (fact) => Array(6).fill(fact))],
  ['minutes after a throttle answer', impatient(), [pass(4), fault('token', 'throttle_400', 8), pass(4)]],
  ['no SecondsToExpiry', on('run ends', (fact) => [{ ...fact, lines: [] }])],
  [
    'an alert or a record could not be written, and the run did not fail',
    on('run ends', ({ error, ...fact }) => [fact]),
    [fault('publish', 'access_denied', 300), ...refused],
  ],
  [
    'a new refresh token of Zoho was not kept',
    hide('stored', ({ run, secret }) => run !== undefined && secret === 'credentials'),
    [fault('token', 'new_refresh_token', 30), pass(2)],
  ],
])('the oracle notices: %s', async (breach, tamper, steps = refused) => {
  const { breaches } = await play(script(steps), { tamper });
  expect(breaches.map(({ what }) => what).join('\n')).toContain(breach);
});
