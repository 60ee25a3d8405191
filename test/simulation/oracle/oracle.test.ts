import { beforeEach, describe, expect, it } from 'vitest';
import { MadeUpLambda, start } from './made-up-lambda.ts';

const minute = 60_000;

/** Half an hour into a token's life of an hour. */
let lambda: MadeUpLambda;
beforeEach(() => {
  lambda = new MadeUpLambda();
  lambda.time.now = start + 30 * minute;
  lambda.beginTick();
});

/** A made-up Lambda is watched here: what it does wrong must be noticed. */
describe('the oracle notices', () => {
  it('nothing where an alert says what is so', () => {
    lambda.zohoRefuses('invalid_code');
    lambda.tell({ state: 'open', code: 'invalid_code' });
    expect(lambda.breaches()).toEqual([]);
  });

  it('an alert with the code of something that never happened', () => {
    lambda.zohoRefuses('invalid_code');
    lambda.tell({ state: 'open', code: 'invalid_client' });
    expect(lambda.breaches()).toContain(
      '"open" says invalid_client, which nothing and nobody has said since the incident began',
    );
  });

  it('an alert with the code of another incident', () => {
    lambda.zohoRefuses('invalid_client');
    lambda.time.now += 10 * minute;
    lambda.beginTick();
    lambda.zohoRefuses('invalid_code');
    lambda.tell({ state: 'open', code: 'invalid_client', since: start, minutes_left: 20 });
    expect(lambda.breaches()).toEqual([
      '"open" says invalid_client, and this run was refused with invalid_code',
    ]);
  });

  it('a severity, and minutes, that are not those of the stored token', () => {
    lambda.zohoRefuses('invalid_code');
    lambda.tell({ state: 'open', code: 'invalid_code', severity: 'critical', minutes_left: 3 });
    expect(lambda.breaches()).toEqual([
      '"open" is critical with 30.0 minutes left',
      '"open" says 3 minutes left, the stored token 30.0',
    ]);
  });

  it('an escalation for a line that was told already', () => {
    lambda.zohoRefuses('invalid_code');
    lambda.tell({ state: 'open', code: 'invalid_code' });
    lambda.time.now = start + 52 * minute;
    const critical = { code: 'invalid_code', severity: 'critical', minutes_left: 8 } as const;
    lambda.tell({ state: 'escalated', ...critical });
    expect(lambda.breaches()).toEqual([]);
    lambda.time.now += minute;
    lambda.tell({ state: 'escalated', ...critical, minutes_left: 7 });
    expect(lambda.breaches()).toEqual([
      '"escalated" for invalid_code, and nothing had got worse since on-call was told',
    ]);
  });

  it('an alert for a passing fault while the token lives', () => {
    lambda.hear('', 502);
    lambda.tell({ state: 'open', code: 'zoho_unavailable' });
    expect(lambda.breaches()).toEqual([
      'on-call was woken for zoho_unavailable with 30.0 minutes of life left',
    ]);
  });

  it('an alert that nobody claimed', () => {
    lambda.zohoRefuses('invalid_code');
    lambda.publish({ state: 'open', code: 'invalid_code' });
    expect(lambda.breaches()).toEqual(['"open" was published and not claimed']);
  });

  it('a refusal of which nobody was told', () => {
    lambda.zohoRefuses('invalid_code');
    lambda.endTick();
    expect(lambda.breaches()).toContain(
      'Zoho refused for a reason that a person must end, and nobody was told',
    );
  });

  it('a turn for the worse of which nobody was told', () => {
    lambda.endTick();
    lambda.time.now = start + 45 * minute;
    lambda.beginTick();
    lambda.hear('', 502);
    lambda.tell({ state: 'open', code: 'zoho_unavailable', minutes_left: 15 });
    lambda.zohoRefuses('invalid_code');
    lambda.endTick();
    expect(lambda.breaches()).toContain(
      'a lesser fault has turned into one that a person must end, and nobody was told',
    );
  });

  it('a new refresh token that was not kept', () => {
    lambda.hear(
      JSON.stringify({ access_token: '1005.a.b', refresh_token: '1000.new.one', expires_in: 3600 }),
      200,
    );
    lambda.endTick();
    expect(lambda.breaches()).toContain('a new refresh token of Zoho was not kept');
  });

  it('a token that nobody gave', () => {
    lambda.store('1005.of.nowhere');
    expect(lambda.breaches()).toEqual(['a token was stored that Zoho did not give to this run']);
  });

  it('a token that a probe refused', () => {
    lambda.isGiven({ access_token: '1005.new.token' });
    lambda.probeRefuses('1005.new.token');
    lambda.store('1005.new.token');
    expect(lambda.breaches()).toEqual(['a token was stored that a probe had refused']);
  });

  it.each([
    ['another prefix', { access_token: '1004.new.token' }, 'a token was stored, with a wrong prefix'],
    [
      'a scope too few',
      { access_token: '1005.new.token', scope: 'Desk.calls.CREATE' },
      'a token was stored, without Desk.calls.READ',
    ],
  ])('a token with %s', (_, token, breach) => {
    lambda.isGiven(token);
    lambda.store(token.access_token);
    expect(lambda.breaches()).toEqual([expect.stringContaining(breach)]);
  });

  it('a token of five minutes', () => {
    lambda.isGiven({ access_token: '1005.new.token' });
    lambda.store('1005.new.token', 5);
    expect(lambda.breaches()).toContain('a token was stored with a life of 300000 ms');
  });

  it('a sixth request in ten minutes', () => {
    for (let count = 0; count < 5; count += 1) lambda.ask();
    expect(lambda.breaches()).toEqual([]);
    lambda.time.now += 9 * minute;
    lambda.ask();
    expect(lambda.breaches()).toEqual(['6 token requests in ten minutes, at most 5 allowed']);
  });

  it('a request ten minutes after Zoho asked for silence', () => {
    lambda.hear(JSON.stringify({ error: 'Access Denied', status: 'failure' }), 400);
    lambda.endTick();
    const known = lambda.breaches().length;
    lambda.time.now += 10 * minute;
    lambda.beginTick();
    lambda.ask();
    expect(lambda.breaches().slice(known)).toHaveLength(1);
  });

  it('a version of a secret more than one in ten minutes', () => {
    for (let count = 0; count < 145; count += 1) {
      lambda.isGiven({ access_token: `1005.new.${count}` });
      lambda.store(`1005.new.${count}`);
      lambda.time.now += 9 * minute;
    }
    expect(lambda.breaches()).toContain('145 versions of a secret in a day');
  });

  it('a tick without the metric that the alarms watch', () => {
    lambda.endTick();
    expect(lambda.breaches()).toContain('a tick wrote no SecondsToExpiry');
  });

  it('an alert that SNS did not take, and a run that ended as if it had', () => {
    lambda.zohoRefuses('invalid_code');
    lambda.record({ alert: 'open', status: 'claimed' }, 'invalid_code');
    lambda.cannotPublish();
    lambda.endTick();
    expect(lambda.breaches()).toContain(
      'an alert or a record could not be written, and the run did not fail',
    );
  });

  it('a run that threw for nothing', () => {
    lambda.endTick('of no matter what');
    expect(lambda.breaches()).toContain('a run threw without any fault: of no matter what');
  });

  it('a second alert of the same incident', () => {
    lambda.zohoRefuses('invalid_code');
    lambda.tell({ state: 'open', code: 'invalid_code' });
    lambda.record({ alert: 'open', status: 'sent' }, 'invalid_code');
    lambda.tell({ state: 'open', code: 'invalid_code' });
    expect(lambda.breaches()).toEqual(['"open" was published while the incident was open']);
  });
});
