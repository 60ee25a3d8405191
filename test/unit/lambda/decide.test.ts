import { expect, test } from 'vitest';
import { parseTokenDocument } from '../../../lambda/aws/token-document.ts';
import { isProbeWanted, isTokenNeeded, mayAsk, type Trigger, type View } from '../../../lambda/decide.ts';
import { noRecord } from '../../../lambda/incident/record.ts';
import { SecretText } from '../../../lambda/secret-text.ts';
import {
  credentialsVersion,
  desk,
  incidentOf,
  justBefore,
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

/** What a tick sees at that minute, with a token that is issued at minute 0 for an hour. */
function view(at: number, changes: Partial<View> = {}): View {
  const seen = { now: minute(at), trigger: tickAt(at), connection: desk, record: noRecord, quiet: {} };
  return { ...seen, stored: storedUntil(60), ...changes };
}

const otherDesk = { ...desk, optionalScopes: ['Desk.tickets.READ'] };
const failed = recordOf(incidentOf('invalid_code'));
const wrongSetting = recordOf(incidentOf('setting_mismatch'));
const successor = storedUntil(60, { versionId: 'token-2' });
const faulty = { ...successor, document: parseTokenDocument(tokenText(0, { hasSettingFault: true })) };
const unmarked = parseTokenDocument(tokenText(0).replace(/"configuration":"\w+",/, ''));
const byApp = { trigger: app };
const byForce = { trigger: forced, verdict: 'accepted' } as const;
const byOperator = { trigger: operator, verdict: 'accepted' } as const;

test.each<[title: string, isNeeded: boolean, at: number, seen?: Partial<View>]>([
  ['once two thirds of the life or less are left', true, 20],
  ['not a moment before', false, justBefore(20)],
  ['if nothing is stored', true, 0, { stored: nothingStored }],
  ['if the service rejects the stored one', true, 0, { verdict: 'rejected' }],
  ['if the stored one lacks a scope', true, 0, { verdict: 'lacks scope' }],
  ['not if a probe cannot tell', false, 0, { verdict: 'cannot tell' }],
  ['not if only a setting is wrong', false, 0, { verdict: 'wrong setting' }],
  ['if a run before found the stored one dead', true, 0, { stored: storedUntil(60, { isFoundDead: true }) }],
  ['if the configuration changed', true, 0, { connection: otherDesk }],
  ['not if the stored one names no configuration', false, 0, { stored: storedUntil(60, { document: unmarked }) }],
  ['while a refresh has failed and nothing was stored since', true, 0, { record: failed }],
  ['not once a token was stored since', false, 0, { record: failed, stored: successor }],
  ['not once one with a wrong setting was', false, 0, { record: failed, stored: faulty }],
  ['not while a setting alone is wrong', false, 0, { record: wrongSetting }],
  ['not by an app if the service accepts it, however soon it is due', false, 59, { ...byApp, verdict: 'accepted' }],
  ['by an app if the service rejects it', true, 0, { ...byApp, verdict: 'rejected' }],
  ['by an app if no probe can tell', true, 0, { ...byApp, verdict: 'cannot tell' }],
  ['by an app if it has expired', true, 60, byApp],
  ['by an operator if it is due', true, 20, byOperator],
  ['by an operator not before', false, justBefore(20), byOperator],
  ['by an operator if nothing is stored', true, 0, { ...byOperator, stored: nothingStored }],
  ['by force from its second minute on', true, 2, byForce],
  ['by force not before', false, justBefore(2), byForce],
  ['not by force if this clock is a minute behind', false, -1, byForce],
  ['by an operator even then if the service rejects it', true, 1, { ...byOperator, verdict: 'rejected' }],
])('a new token is needed %s', (_, isNeeded, at, seen) => {
  expect(isTokenNeeded(view(at, seen))).toBe(isNeeded);
});

const throttled = recordOf(incidentOf('rate_limited'), { quiet: { [refreshTokenHash]: minute(15) } });
const asked = (...minutes: number[]) => recordOf(undefined, { asked: minutes.map(minute) });
const passing = recordOf(incidentOf('zoho_unavailable'));
const missing = recordOf(incidentOf('credentials_missing'));
const unproven = { trigger: app, verdict: 'cannot tell' } as const;
const otherSilence = { quiet: { other: minute(15) } };
const others = { ...credentials, versionId: 'credentials-2' };

test.each<[title: string, permission: string, at: number, seen?: Partial<View>, by?: typeof credentials]>([
  ['by a tick if nothing is wrong', 'ask', 20],
  ['not before an operator wait is over', 'wait', 5, { record: failed }],
  ['by a tick a minute before it is over, for slots jitter', 'ask', 9, { record: failed }],
  ['not by a tick that comes sooner', 'wait', justBefore(9), { record: failed }],
  ['by the next tick if the one that had the try was lost', 'ask', 15, { record: failed }],
  ['on every tick while a fault may pass', 'ask', 5, { record: passing }],
  ['on every tick while credentials are missing', 'ask', 5, { record: missing }],
  ['by a call when the next try is due', 'ask', 10, { ...byApp, record: failed }],
  ['not by a call before, a fault that may pass included', 'wait', justBefore(10), { ...byApp, record: passing }],
  ['by a forced call at once', 'ask', 5, { trigger: forced, record: failed }],
  ['not by one that is not forced', 'wait', 5, { trigger: operator, record: failed }],
  ['at once if the credentials changed', 'ask', 5, { record: failed }, others],
  ['at once if the configuration changed', 'ask', 5, { record: failed, connection: otherDesk }],
  ['not while Zoho wants silence', 'throttled', 10, { record: throttled }],
  ['not even with another client secret', 'throttled', 10, { record: throttled }, others],
  ['by a tick when the silence is over', 'ask', 15, { record: throttled }],
  ['not by a late tick of an earlier slot', 'throttled', 14.5, { trigger: tickAt(10), record: throttled }],
  ['by its tick that comes a minute early', 'ask', 14, { trigger: tickAt(15), record: throttled }],
  ['not by one that comes sooner', 'throttled', justBefore(14), { trigger: tickAt(15), record: throttled }],
  ['by a call a minute after the silence', 'ask', 16, { trigger: forced, record: throttled }],
  ['not by a call before', 'throttled', justBefore(16), { trigger: forced, record: throttled }],
  ['not if this environment alone knows of it', 'throttled', 10, { quiet: throttled.quiet }],
  ['with another refresh token at once', 'ask', 5, { record: recordOf(incidentOf('rate_limited'), otherSilence) }],
  ['not within a minute of a call’s request', 'wait', 5, { record: asked(4) }],
  ['by a tick after that', 'ask', 5, { record: asked(justBefore(4)) }],
  ['not by a call a third time in ten minutes', 'wait', justBefore(10), { trigger: forced, record: asked(0, 5) }],
  ['by a tick all the same', 'ask', 9, { record: asked(0, 5) }],
  ['by a call once the first of two is ten minutes old', 'ask', 10, { trigger: forced, record: asked(0, 5) }],
  ['not by an app that nothing proves right a second time', 'wait', 5, { ...unproven, record: asked(0) }],
  ['by an app whose token is rejected', 'ask', 5, { trigger: app, verdict: 'rejected', record: asked(0) }],
  ['by an app whose token has expired', 'ask', 65, { ...unproven, record: asked(60) }],
  ['by an operator though nothing proves it', 'ask', 5, { ...unproven, trigger: forced, record: asked(0) }],
])('Zoho may be asked %s', (_, permission, at, seen, by = credentials) => {
  expect(mayAsk(view(at, seen), by)).toBe(permission);
});

test('a probe belongs to the first tick of each interval, unless that is 0, and to every call', () => {
  const slots = [0, 5, 10, 15, 20].filter((at) => isProbeWanted(tickAt(at), 900_000));
  expect(slots).toEqual([0, 15]);
  expect([isProbeWanted(tickAt(0), 0), isProbeWanted(app, 0)]).toEqual([false, true]);
});
