import { describe, expect, test } from 'vitest';
import { parseTokenDocument } from '../../../lambda/aws/token-document.ts';
import { isProbeWanted, isTokenNeeded, mayAsk, type Trigger, type View } from '../../../lambda/decide.ts';
import type { FailureCode } from '../../../lambda/failure.ts';
import { noRecord } from '../../../lambda/incident/record.ts';
import { SecretText } from '../../../lambda/secret-text.ts';
import {
  credentialsVersion,
  desk,
  incidentOf,
  minute,
  nothingStored,
  recordOf,
  refreshTokenHash,
  storedUntil,
  tokenText,
} from './examples.ts';

const credentials = {
  versionId: credentialsVersion,
  clientId: '1005.CLIENT',
  clientSecret: new SecretText('client-secret'),
  refreshToken: new SecretText('refresh-token'),
  refreshTokenHash,
};
const tickAt = (at: number): Trigger => ({ kind: 'tick', slot: minute(at) });
const app: Trigger = { kind: 'call', reason: 'unauthorized', force: false };
const operator: Trigger = { kind: 'call', reason: 'operator', force: false };
const forced: Trigger = { ...operator, force: true };

function view(at: number, changes: Partial<View> = {}): View {
  return {
    now: minute(at),
    trigger: tickAt(at),
    connection: desk,
    stored: storedUntil(60),
    record: noRecord,
    quiet: {},
    ...changes,
  };
}

describe('a tick needs a token', () => {
  const otherDesk = { ...desk, optionalScopes: ['Desk.tickets.READ'] };
  const failed = recordOf(incidentOf('invalid_code'));
  const unmarked = storedUntil(60, {
    document: parseTokenDocument(tokenText(0).replace(/"configuration":"\w+",/, '')),
  });
  const faulty = {
    ...storedUntil(60),
    versionId: 'token-2',
    document: parseTokenDocument(tokenText(0, { hasSettingFault: true })),
  };
  test.each<[title: string, isNeeded: boolean, seen: View]>([
    ['once two thirds of the life or less are left', true, view(20)],
    ['not a moment before', false, view(19.9)],
    ['if nothing is stored', true, view(0, { stored: nothingStored })],
    ['if the service rejects the stored one', true, view(0, { verdict: 'rejected' })],
    ['if the stored one lacks a scope', true, view(0, { verdict: 'lacks scope' })],
    ['not if a probe cannot tell', false, view(0, { verdict: 'cannot tell' })],
    ['not if only a setting is wrong', false, view(0, { verdict: 'wrong setting' })],
    ['if a run before found the stored one dead', true, view(0, { stored: storedUntil(60, { isFoundDead: true }) })],
    ['if the configuration changed', true, view(0, { connection: otherDesk })],
    ['not if the stored one does not say for which configuration', false, view(0, { stored: unmarked })],
    [
      'not once one with a wrong setting was stored since the refresh failed',
      false,
      view(0, { record: failed, stored: faulty }),
    ],
    [
      'while a refresh has failed and nothing was stored since',
      true,
      view(0, { record: recordOf(incidentOf('invalid_code')) }),
    ],
    ['not while a setting alone is wrong', false, view(0, { record: recordOf(incidentOf('setting_mismatch')) })],
    [
      'not once a token was stored since the refresh failed',
      false,
      view(0, {
        record: recordOf(incidentOf('invalid_code')),
        stored: storedUntil(60, { versionId: 'token-2' }),
      }),
    ],
  ])('%s', (_, isNeeded, seen) => {
    expect(isTokenNeeded(seen)).toBe(isNeeded);
  });
});

describe('a call needs a token', () => {
  test.each<[title: string, isNeeded: boolean, trigger: Trigger, seen: Partial<View>]>([
    [
      'of an app: not if the service accepts the stored one, however soon it is due',
      false,
      app,
      { verdict: 'accepted', stored: storedUntil(1) },
    ],
    ['of an app: if the service rejects it', true, app, { verdict: 'rejected' }],
    ['of an app: if no probe can tell', true, app, { verdict: 'cannot tell' }],
    ['of an app: if it has expired', true, app, { stored: storedUntil(-1) }],
    ['of an operator: if it is due', true, operator, { stored: storedUntil(30), verdict: 'accepted' }],
    ['of an operator: not before', false, operator, { stored: storedUntil(50), verdict: 'accepted' }],
    ['of an operator: if nothing is stored', true, operator, { stored: nothingStored }],
    [
      'of an operator: from its second minute on, if forced',
      true,
      forced,
      { stored: storedUntil(58), verdict: 'accepted' },
    ],
    ['of an operator: if forced', true, forced, { stored: storedUntil(50), verdict: 'accepted' }],
    [
      'of an operator: not if the stored one is a minute old, even if forced',
      false,
      forced,
      { stored: storedUntil(59), verdict: 'accepted' },
    ],
    [
      'of an operator: even then if the service rejects it',
      true,
      operator,
      { stored: storedUntil(59), verdict: 'rejected' },
    ],
  ])('%s', (_, isNeeded, trigger, seen) => {
    expect(isTokenNeeded(view(0, { trigger, ...seen }))).toBe(isNeeded);
  });
});

describe('Zoho may be asked', () => {
  const throttled = recordOf(incidentOf('rate_limited'), { quiet: { [refreshTokenHash]: minute(15) } });
  const waitsFor = (code: FailureCode) => recordOf(incidentOf(code));
  test.each<[title: string, permission: string, seen: View]>([
    ['by a tick if nothing is wrong', 'ask', view(20)],
    ['not before an operator wait is over', 'wait', view(5, { record: waitsFor('invalid_code') })],
    ['when it is over', 'ask', view(10, { record: waitsFor('invalid_code') })],
    ['by the next tick if the one that had the try was lost', 'ask', view(15, { record: waitsFor('refused') })],
    ['on every tick while a fault may pass', 'ask', view(5, { record: waitsFor('zoho_unavailable') })],
    ['on every tick while credentials are missing', 'ask', view(5, { record: waitsFor('credentials_missing') })],
    [
      'by a call not before a tick’s time after a fault that may pass',
      'wait',
      view(5, { trigger: app, record: waitsFor('zoho_unavailable') }),
    ],
    ['by a forced call at once', 'ask', view(5, { trigger: forced, record: waitsFor('invalid_code') })],
    ['not while Zoho wants silence', 'throttled', view(10, { record: throttled })],
    ['by a tick when the silence is over', 'ask', view(15, { record: throttled })],
    [
      'not by a tick of an earlier slot that comes late',
      'throttled',
      view(14.5, { trigger: tickAt(10), record: throttled }),
    ],
    ['by a call a minute later, for slots jitter', 'throttled', view(15.9, { trigger: forced, record: throttled })],
    ['by a call then', 'ask', view(16, { trigger: forced, record: throttled })],
    ['by a tick that comes a minute early', 'ask', view(14, { trigger: tickAt(15), record: throttled })],
    ['not by one that comes sooner', 'throttled', view(13.9, { trigger: tickAt(15), record: throttled })],
    ['by a call when the next try is due', 'ask', view(10, { trigger: app, record: waitsFor('invalid_code') })],
    [
      'not while this environment alone knows of a silence',
      'throttled',
      view(10, { quiet: { [refreshTokenHash]: minute(15) } }),
    ],
    [
      'with another refresh token at once',
      'ask',
      view(5, { record: recordOf(incidentOf('rate_limited'), { quiet: { other: minute(15) } }) }),
    ],
    [
      'not within a minute of a call’s request',
      'wait',
      view(5, { record: recordOf(undefined, { asked: [minute(4.1)] }) }),
    ],
    [
      'by a call not a third time in ten minutes',
      'wait',
      view(9, { trigger: forced, record: recordOf(undefined, { asked: [minute(0), minute(5)] }) }),
    ],
    ['by a tick all the same', 'ask', view(9, { record: recordOf(undefined, { asked: [minute(0), minute(5)] }) })],
    [
      'by a call once the first of two is ten minutes old',
      'ask',
      view(10, {
        trigger: app,
        verdict: 'rejected',
        record: recordOf(undefined, { asked: [minute(0), minute(5)] }),
      }),
    ],
    [
      'by an app without a usable token a second time in ten minutes',
      'ask',
      view(5, {
        trigger: app,
        verdict: 'cannot tell',
        stored: storedUntil(-1),
        record: recordOf(undefined, { asked: [minute(0)] }),
      }),
    ],
    [
      'by an app that nothing proves right not a second time in ten minutes',
      'wait',
      view(5, { trigger: app, verdict: 'cannot tell', record: recordOf(undefined, { asked: [minute(0)] }) }),
    ],
  ])('%s', (_, permission, seen) => {
    expect(mayAsk(seen, credentials)).toBe(permission);
  });

  test.each(['invalid_code', 'invalid_client', 'prefix_mismatch'] as const)(
    'at once if the credentials changed after %s',
    (code) => {
      expect(mayAsk(view(5, { record: waitsFor(code) }), { ...credentials, versionId: 'credentials-2' })).toBe('ask');
    },
  );

  test('at once if the configuration changed', () => {
    const connection = { ...desk, requiredScopes: ['Desk.calls.READ'] };
    expect(mayAsk(view(5, { connection, record: waitsFor('scope_mismatch') }), credentials)).toBe('ask');
  });

  test('not by a changed client secret alone while Zoho wants silence from the refresh token', () => {
    expect(mayAsk(view(5, { record: throttled }), { ...credentials, versionId: 'credentials-2' })).toBe('throttled');
  });
});

test('a probe belongs to the first tick of each interval, and to every call', () => {
  const quarterHour = 900_000;
  expect([0, 5, 10, 15, 20].map((at) => isProbeWanted(tickAt(at), quarterHour))).toEqual([
    true,
    false,
    false,
    true,
    false,
  ]);
  expect(isProbeWanted(tickAt(0), 0)).toBe(false);
  expect(isProbeWanted(app, 0)).toBe(true);
});
