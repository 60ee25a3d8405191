import { describe, expect, it } from 'vitest';
import type { FaultScope } from '../../local/faults/zoho-fault-plan.ts';
import type { Fault } from '../../local/faults/zoho-faults.ts';
import { openStage } from './open-stage.ts';

// Replies that people recorded at the real Zoho, each over HTTP to the real bundle when a refresh is due.

type Row = readonly [
  right: string,
  fault: Fault,
  connection: 'salesiq' | 'desk' | 'crm',
  answer: string,
  /** What on-call is told at once, and words of it. */
  told?: readonly [alert: string, words: string],
  scope?: FaultScope,
];

const stored = 'refreshed:null:accepted';
const unsure = 'refreshed:null:cannot_tell';
const rows: readonly Row[] = [
  [
    'a deactivated client is told as invalid_client',
    'inactive_client',
    'desk',
    'failed:invalid_client:null',
    ['invalid_client', 'inactive_client'],
  ],
  [
    'a user who is gone is told as invalid_code',
    'inactive_user',
    'desk',
    'failed:invalid_code:null',
    ['invalid_code', 'inactive_user'],
  ],
  [
    'a grant that is gone is told as invalid_code',
    'client_not_granted',
    'salesiq',
    'failed:invalid_code:null',
    ['invalid_code', 'client_not_granted'],
  ],
  [
    'a refusal in unknown words is told at once, with the word',
    'refusal:org_deactivated',
    'desk',
    'failed:refused:null',
    ['refused', 'org_deactivated'],
  ],
  ['a word for a fault of its own passes', 'general_error', 'desk', 'failed:unexpected_response:null'],
  [
    'the throttle Z101 that calls itself HTML is waited out',
    'throttle_z101_200',
    'desk',
    'failed:rate_limited:null',
  ],
  [
    'the throttle Z101 with status 400 is waited out',
    'throttle_z101_400',
    'desk',
    'failed:rate_limited:null',
  ],
  [
    'a throttle in another language is waited out',
    'throttle_localised_bare',
    'desk',
    'failed:rate_limited:null',
  ],
  ['a throttle that says access_denied is waited out', 'access_denied', 'desk', 'failed:rate_limited:null'],
  ['SalesIQ 1001 is a fault of SalesIQ: the token is stored', 'salesiq:1001', 'salesiq', unsure],
  ['SalesIQ 1020, of two meanings, proves nothing', 'salesiq:1020', 'salesiq', unsure],
  ['SalesIQ 1023, too many requests, proves nothing', 'salesiq:1023', 'salesiq', unsure],
  ['SalesIQ 1017, the limit of a plan, proves nothing', 'salesiq:1017', 'salesiq', unsure],
  [
    'SalesIQ 1010 is a wrong setting: the token is stored',
    'salesiq:1010',
    'salesiq',
    'refreshed:setting_mismatch:accepted',
    ['setting_mismatch', '1010'],
  ],
  [
    'SalesIQ 1005 names the screen name',
    'salesiq:1005',
    'salesiq',
    'refreshed:setting_mismatch:accepted',
    ['setting_mismatch', 'settings.screen_name'],
  ],
  [
    'SalesIQ 1008, said twice, rejects the new token',
    'salesiq:1008',
    'salesiq',
    'failed:token_rejected:null',
    ['token_rejected', '1008'],
  ],
  ['a page with status 401 proves nothing', 'html_401', 'desk', unsure, undefined, { host: 'desk.zoho.in' }],
  [
    'Desk INVALID_OAUTH, said twice, rejects the new token',
    'desk:INVALID_OAUTH',
    'desk',
    'failed:token_rejected:null',
    ['token_rejected', 'INVALID_OAUTH'],
  ],
  [
    'an orgId that Desk does not know names settings.org_id',
    'desk:UNPROCESSABLE_ENTITY',
    'desk',
    'refreshed:setting_mismatch:accepted',
    ['setting_mismatch', 'settings.org_id'],
  ],
  [
    'an orgId that Desk calls invalid data names settings.org_id',
    'desk:INVALID_DATA',
    'desk',
    'refreshed:setting_mismatch:accepted',
    ['setting_mismatch', 'settings.org_id'],
  ],
  [
    'a scope that Desk misses is told',
    'desk:SCOPE_MISMATCH',
    'desk',
    'failed:scope_mismatch:null',
    ['scope_mismatch', 'SCOPE_MISMATCH'],
  ],
  ['a rejection that the second probe takes back is forgotten', 'rejected_once', 'desk', stored],
  [
    'an api_domain of elsewhere against an accepted probe says that the service accepts the token',
    'foreign_api_domain',
    'desk',
    'refreshed:setting_mismatch:accepted',
    ['setting_mismatch', 'Desk accepts the token all the same'],
  ],
  ['a lifetime in milliseconds is understood', 'milliseconds', 'desk', stored],
  ['a good CRM token is stored, accepted', 'no_api_domain', 'crm', stored],
  [
    'CRM INVALID_TOKEN, said twice, rejects the new token',
    'crm:INVALID_TOKEN',
    'crm',
    'failed:token_rejected:null',
    ['token_rejected', 'INVALID_TOKEN'],
  ],
  [
    'a scope that CRM misses is told',
    'crm:OAUTH_SCOPE_MISMATCH',
    'crm',
    'failed:scope_mismatch:null',
    ['scope_mismatch', 'OAUTH_SCOPE_MISMATCH'],
  ],
];

describe('when a refresh is due', () => {
  it.for(rows)('%s', async ([, fault, connection, answer, told, scope]) => {
    const stage = await openStage([connection]);
    await stage.ticks(4);
    stage.zoho.faults.set(fault, scope);
    const result = stage.resultOf(await stage.tick());
    expect(`${result?.outcome}:${result?.code}:${result?.probe}`).toBe(answer);
    expect(stage.isGood()).toBe(true);
    expect(stage.told()).toEqual(told === undefined ? [] : [`open:${told[0]}:warning@20`]);
    if (told !== undefined) expect(stage.alerts()[0]?.text).toContain(told[1]);
  });
});
