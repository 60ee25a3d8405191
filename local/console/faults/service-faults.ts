import type { Service } from '../../../lambda/connections/data-centers.ts';
import type { Fault } from '../../zoho/fault-names.ts';
import type { FaultEntry, FaultGroup } from './entry.ts';

const dead =
  'A probe within 15 minutes takes the token for dead, the new one is rejected as well: token_rejected, told at once as critical.';
const scope = 'A probe within 15 minutes says that a scope is missing: scope_mismatch, told at once.';
const setting =
  'A probe within 15 minutes says that a setting is wrong: setting_mismatch, told at once; refreshes go on.';
const alive = 'Nothing: it proves that the token is alive.';
const unknown = 'Nothing: it says nothing about the token, so the stored one stays and refreshes go on.';

/** The services' own errors, which only a probe or an app meets. */
export const serviceFaults: FaultGroup = {
  title: 'SalesIQ and Desk refuse calls',
  entries: [
    refusal('salesiq', 'salesiq:1008', 'SalesIQ 1008, invalid OAuthToken', dead, 'token_rejected'),
    refusal('salesiq', 'salesiq:1009', 'SalesIQ 1009, invalid OAuthScope', scope, 'scope_mismatch'),
    refusal('salesiq', 'salesiq:1010', 'SalesIQ 1010, invalid method', setting, 'setting_mismatch'),
    refusal('salesiq', 'salesiq:1005', 'SalesIQ 1005, invalid portal', setting, 'setting_mismatch'),
    refusal('salesiq', 'salesiq:1016', 'SalesIQ 1016, operator lacks a permission', alive, 'nothing'),
    refusal(
      'salesiq',
      'salesiq_errors_200',
      'SalesIQ errors with status 200',
      'Nothing by itself; any other SalesIQ error is still understood.',
      'nothing',
    ),
    refusal('desk', 'desk:INVALID_OAUTH', 'Desk INVALID_OAUTH', dead, 'token_rejected'),
    refusal('desk', 'desk:SCOPE_MISMATCH', 'Desk SCOPE_MISMATCH', scope, 'scope_mismatch'),
    refusal('desk', 'desk:OAUTH_ORG_MISMATCH', 'Desk OAUTH_ORG_MISMATCH', setting, 'setting_mismatch'),
    refusal('desk', 'desk:FORBIDDEN', 'Desk FORBIDDEN', alive, 'nothing'),
    refusal('desk', 'desk:TOO_MANY_REQUESTS', 'Desk TOO_MANY_REQUESTS', unknown, 'nothing'),
    refusal(
      'desk',
      'desk_missing_org:UNPROCESSABLE_ENTITY',
      'Desk wants an orgId',
      'Nothing: the refresher always sends one.',
      'nothing',
    ),
    outage('http_500', 'Service: status 500'),
    outage('html_502', 'Service: HTML with status 502'),
    outage('hang', 'Service: no answer at all'),
    {
      id: 'zoho/slow',
      title: 'All of Zoho answers slowly',
      expect: 'Nothing but longer runs: two seconds per answer are within every time-out.',
      how: { at: 'zoho', latencyMilliseconds: 2_000 },
      leadsTo: 'nothing',
    },
  ],
};

function refusal(
  service: Service,
  fault: Fault,
  title: string,
  expect: string,
  leadsTo: FaultEntry['leadsTo'],
): FaultEntry {
  const isHealedByAuthorizing = leadsTo === 'token_rejected' || leadsTo === 'scope_mismatch';
  return {
    id: `service/${fault}`,
    title,
    expect,
    how: { at: 'service', fault },
    service,
    leadsTo,
    isHealedByAuthorizing,
  };
}

function outage(fault: Fault, title: string): FaultEntry {
  return {
    id: `service/${fault}`,
    title,
    expect: unknown,
    how: { at: 'service', fault },
    leadsTo: 'nothing',
  };
}
