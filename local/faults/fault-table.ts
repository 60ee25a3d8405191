import type { Connection } from '../../lambda/connections/read-connections.ts';
import { lambdaKeyId } from '../aws/signature.ts';
import { type ServiceName, serviceNames, services } from '../zoho/services.ts';
import { type AwsFault, awsFaults, type FaultKind, faultKinds } from './aws-faults.ts';
import type { Deed, Delivery, FaultEntry, FaultGroup, How } from './fault-entry.ts';
import type { Judgement } from './judgement.ts';
import { type Fault, type FaultName, type ZohoFault, zohoFaults } from './zoho-faults.ts';

/** A row of the table. */
const row = (
  id: string,
  title: string,
  judged: Judgement,
  expect: string,
  how: How,
  service?: ServiceName,
): FaultEntry => ({ id, title, judged, expect, how, ...(service && { service }) });

const untilDue = 'On-call is alerted once the token is due, again at 10 minutes left, and when it ends';
const blind =
  'No token can be read, so no alert can be claimed: runs fail, and the CloudWatch alarm on errors speaks within 10 minutes.';

const triedAgain = (code: Judgement) =>
  `Tried again on every tick; on-call is alerted of ${code} at 20 minutes left, not at all if it heals before.`;
/** What there is to be seen of a fault of the token endpoint, if no operator has to act. */
const passing: Partial<Record<Judgement, string>> = {
  nothing: 'Nothing is felt, and nobody is alerted.',
  rate_limited:
    'The refresher asks only every 15, then 30 minutes; on-call is alerted at 20 minutes left; it ends by itself within 30 minutes of healing.',
  zoho_unavailable: triedAgain('zoho_unavailable'),
  unexpected_response: triedAgain('unexpected_response'),
  setting_mismatch: 'On-call is warned of setting_mismatch with the next refresh; refreshes go on.',
};
const oldTokenLivesOn = (code: Judgement) => `${untilDue}: ${code}. The stored token lives on meanwhile.`;

function seenAtToken({ judged, note = '', mint, fields }: ZohoFault): string {
  const ofOperator =
    mint || fields
      ? `The new token is never stored: apps keep the old one, and on-call is alerted of ${judged} with the next refresh.`
      : oldTokenLivesOn(judged);
  return `${passing[judged] ?? ofOperator} ${note}`.trim();
}

/** What there is to be seen if a service answers a probe so. */
const seenAtService: Partial<Record<Judgement, string>> = {
  token_rejected:
    'A probe within 15 minutes finds the token dead, and rejects each new one: token_rejected, at once and critical.',
  scope_mismatch: 'A probe within 15 minutes finds that a scope is missing: scope_mismatch, alerted at once.',
  setting_mismatch:
    'A probe within 15 minutes finds a wrong setting: setting_mismatch, alerted at once; refreshes go on.',
  nothing: 'Nothing: it does not prove the token dead, so the stored one stays, and refreshes go on.',
};

/** Arguments that depend on the connection, or that only an example can give. */
const argumentsOf: Partial<Record<FaultName, (connection: Connection) => string>> = {
  wrong_prefix: ({ tokenPrefixes }) => (tokenPrefixes.includes('1005.') ? '1000.' : '1005.'),
  missing_scope: ({ requiredScopes }) => requiredScopes[0] ?? '',
  refusal: () => 'org_deactivated',
};

/** Faults of the token endpoint and the consent page, as the page offers them. */
const tokenEntries = (Object.entries(zohoFaults) as [FaultName, ZohoFault][])
  .filter(([, { strikes }]) => ['token', 'consent', 'any'].includes(strikes))
  .map(([name, fault]): FaultEntry => {
    const argumentOf = argumentsOf[name];
    const how: How = { at: 'token', fault: argumentOf ? (connection) => `${name}:${argumentOf(connection)}` : name };
    return row(`token/${name}`, fault.title, fault.judged, seenAtToken(fault), how);
  });
const isOdd = ({ id }: FaultEntry) => {
  const { mint, fields } = zohoFaults[id.slice('token/'.length) as FaultName];
  return mint !== undefined || fields !== undefined || id === 'token/new_refresh_token';
};
const isOutage = ({ judged }: FaultEntry) => ['zoho_unavailable', 'unexpected_response'].includes(judged);

const atService = (fault: Fault, title: string, judged: Judgement, service?: ServiceName) =>
  row(`service/${fault}`, title, judged, seenAtService[judged] ?? '', { at: 'service', fault }, service);
/** Errors of the services' own, and outages of their hosts. */
const serviceEntries: FaultEntry[] = [
  ...serviceNames.flatMap((service) =>
    Object.entries(services[service].errors).flatMap(([code, { title, judged }]) =>
      title === undefined ? [] : atService(`${service}:${code}`, title, judged, service),
    ),
  ),
  {
    ...atService('salesiq_errors_200', zohoFaults.salesiq_errors_200.title, 'nothing', 'salesiq'),
    expect: seenAtToken(zohoFaults.salesiq_errors_200),
  },
  ...(['http_500', 'html_502', 'html_401', 'hang'] as const).map((fault) =>
    atService(fault, `Service: ${zohoFaults[fault].title}`, 'nothing'),
  ),
];

const slow = (who: 'zoho' | 'secrets' | 'sns', milliseconds: number) =>
  row(
    `${who}/slow`,
    who === 'zoho' ? 'All of Zoho answers slowly' : 'Slow answers',
    'nothing',
    `Nothing but longer runs: ${milliseconds / 1000} s per answer are within every time-out.`,
    { at: 'slow', who, milliseconds },
  );

/** What a fault of Secrets Manager is judged as. */
function judgedAtSecrets(kind: FaultKind): Judgement {
  if (kind === 'slow_drip') return 'alarm';
  return kind === 'access_denied' || kind === 'kms_disabled' ? 'secret_store_refused' : 'secret_store_failed';
}

const deed = (name: Deed, title: string, judged: Judgement, expect = oldTokenLivesOn(judged)) =>
  row(`connection/${name.replaceAll(' ', '-')}`, title, judged, expect, { at: 'connection', deed: name });
const diesWith = (code: Judgement) =>
  `Its access tokens die with it: the next probe finds that within 15 minutes, and on-call is alerted of ${code} at once.`;

const schedule = (delivery: Delivery, title: string, judged: Judgement, expect: string) =>
  row(`schedule/${delivery}`, title, judged, expect, { at: 'schedule', delivery });

/** Every fault that can be brought about on the stage, in the order in which a newcomer best tries them. */
export const faultGroups: readonly FaultGroup[] = [
  {
    title: 'Consent and credentials',
    entries: [
      deed('revoke', 'Revoke the refresh token', 'invalid_code', diesWith('invalid_code')),
      deed('rotate secret', 'Rotate the client secret', 'invalid_client_secret'),
      deed('delete client', 'Delete the OAuth client', 'invalid_client', diesWith('invalid_client')),
      deed(
        'kill tokens',
        'Kill the live access token',
        'healed',
        'Apps get refusals until the next probe, at most 15 minutes later; it asks for a new token, and nobody is alerted.',
      ),
      deed('spoil credentials', 'Overwrite the credentials with text', 'credentials_missing'),
      deed('remove credentials', 'Delete the credentials secret', 'credentials_missing'),
      ...tokenEntries.filter((entry) => !isOdd(entry) && !isOutage(entry) && entry.judged !== 'rate_limited'),
    ],
  },
  { title: 'Zoho throttles', entries: tokenEntries.filter(({ judged }) => judged === 'rate_limited') },
  {
    title: 'Zoho is down or odd',
    entries: tokenEntries.filter((entry) => isOutage(entry) && !isOdd(entry)),
  },
  { title: 'Zoho issues an odd token', entries: tokenEntries.filter(isOdd) },
  { title: 'Services refuse calls', entries: [...serviceEntries, slow('zoho', 2_000)] },
  {
    title: 'Secrets Manager fails',
    entries: [
      ...faultKinds.map((kind) =>
        row(`secrets/${kind}`, awsFaults[kind].title, judgedAtSecrets(kind), blind, { at: 'secrets', kind }),
      ),
      row(
        'secrets/writes-denied',
        'Writes denied, reads allowed',
        'secret_store_refused',
        'No new token can be stored and no alert claimed: once the token is due the run fails, and the alarm on errors speaks.',
        { at: 'secrets', kind: 'access_denied', operations: ['PutSecretValue'] },
      ),
      row(
        'secrets/lambda-denied',
        'The role of the Lambda may not use the secrets',
        'secret_store_refused',
        'No run can read or store anything, and the alarm on errors speaks. Apps and operators read on.',
        { at: 'secrets', kind: 'access_denied', accessKeyIds: [lambdaKeyId] },
      ),
      deed('delete token secret', 'Mark the token secret for deletion', 'secret_store_refused', blind),
      slow('secrets', 1_000),
    ],
  },
  {
    // To be seen only together with an incident. CloudWatch's own mails still come, as if only the Lambda's permission were lost.
    title: 'The Lambda cannot publish to SNS',
    isAlike: true,
    entries: [
      ...faultKinds.map((kind) => {
        const seen = isTakenOn(kind)
          ? 'the mail comes several times, as SNS took it on and could not say so; CloudWatch speaks, too.'
          : 'runs fail, and the CloudWatch alarm on errors speaks; the mail is out 30 minutes after healing.';
        const expect = `Nothing by itself. With an incident: ${seen}`;
        return row(`sns/${kind}`, awsFaults[kind].title, 'nothing', expect, { at: 'sns', kind });
      }),
      slow('sns', 1_000),
    ],
  },
  {
    title: 'The schedule fails',
    entries: [
      schedule(
        'never',
        'Ticks stop',
        'alarm',
        'No mail from the refresher: only CloudWatch alarms speak, after 15 minutes without a tick.',
      ),
      schedule(
        'dropped',
        'Ticks cannot be handed over',
        'alarm',
        'They end in the dead-letter queue: the CloudWatch alarm on dropped ticks speaks with the next one, others after 15 minutes.',
      ),
      schedule(
        'twice',
        'Every tick comes twice',
        'nothing',
        'Nothing: the second finds nothing to do, and no alert is sent twice.',
      ),
    ],
  },
];

/** The fault of that id; `undefined` for one that nobody knows. */
export function findFault(id: string): FaultEntry | undefined {
  return faultGroups.flatMap(({ entries }) => entries).find((entry) => entry.id === id);
}

/** Whether SNS takes the message on under this fault, and its answer does not come through. */
export function isTakenOn(kind: FaultKind): boolean {
  const fault: AwsFault = awsFaults[kind];
  return fault.isCarriedOut === true;
}
