/** What an on-call engineer can name as the cause; ids are typed, texts are read. */
export const causes = {
  'consent-lost': 'the refresh token was revoked',
  'secret-rotated': 'the client secret was rotated and not stored here',
  'wrong-client': 'the credentials are of the wrong kind of client',
  'scope-missing': 'the consent lacks a scope',
  'credentials-spoilt': 'somebody overwrote the credentials secret',
  throttled: 'something else uses the same refresh token up',
  'zoho-down': 'Zoho itself is down',
  'setting-wrong': 'an id or name in connections.json is wrong',
  'store-refused': 'Secrets Manager or its KMS key refuses the Lambda',
  'alerts-blocked': 'SNS refuses the Lambda, so its mails do not get out',
  'ticks-stopped': 'the schedule no longer invokes the Lambda',
} as const;

/** What an on-call engineer can do about it. */
export const fixes = {
  authorize: 'npx --no-install zoho-tokens authorize CONNECTION: give consent anew and store the credentials',
  'stop-other-user': 'find and stop what else uses the refresh token of CONNECTION',
  'correct-settings': 'correct the settings of CONNECTION in connections.json and deploy',
  'restore-store':
    'give the Lambda access to its secrets again: its role (cdk deploy --revert-drift), the key, the policies',
  'restore-publish': 'give the role of the Lambda its sns:Publish back (cdk deploy --revert-drift)',
  'restart-schedule': 'enable the schedule',
  wait: 'change nothing and watch: it passes by itself',
} as const;

export type Cause = keyof typeof causes;
export type Fix = keyof typeof fixes;

/** Whether an answer to it names a connection. */
export function namesConnection(word: Cause | Fix): boolean {
  return !/^(zoho-down|store-|alerts-|ticks-|restore-|restart-|wait)/.test(word);
}

/** One thing that goes wrong in a night. */
export type NightFault = {
  /** Id in the table of faults, e.g. `connection/revoke`. */
  readonly fault: string;
  /** Name of the connection; absent if it is not about one. */
  readonly connection?: string;
  readonly cause: Cause;
  /** What ends it, the best first. */
  readonly fixes: readonly Fix[];
  /** Minutes after the night's first fault; default 0. */
  readonly afterMinutes?: number;
  /** Minutes after which it heals by itself, if it does. */
  readonly lastsMinutes?: number;
};

export type Night = {
  readonly id: string;
  /** Told when the night is over. */
  readonly story: string;
  readonly faults: readonly NightFault[];
};

const of = (connection: string, fault: string, cause: Cause, ...fixes: Fix[]): NightFault => ({
  connection,
  fault,
  cause,
  fixes,
});
const ofAll = (fault: string, cause: Cause, fix: Fix): NightFault => ({ fault, cause, fixes: [fix] });
const night = (id: string, story: string, ...faults: NightFault[]): Night => ({ id, story, faults });

/** The ten nights. When the first fault of a night comes is drawn anew each time. */
export const nights: readonly Night[] = [
  night(
    'password-change',
    'An administrator changed the password of the Zoho account of desk, which ended its consents and all their tokens.',
    of('desk', 'connection/revoke', 'consent-lost', 'authorize'),
  ),
  night(
    'rotated-secret',
    'Security rotated the client secret of salesiq in the API console and forgot to store it here.',
    of('salesiq', 'connection/rotate-secret', 'secret-rotated', 'authorize'),
  ),
  night(
    'bad-gateway',
    'Zoho answered every token request with 502 for 70 minutes. Nothing here was wrong, and nothing here could help.',
    { ...ofAll('token/html_502', 'zoho-down', 'wait'), lastsMinutes: 70 },
  ),
  night(
    'busy-laptop',
    'A forgotten script on a laptop refreshed the token of desk in a loop until Zoho throttled it.',
    of('desk', 'token/throttle_400', 'throttled', 'stop-other-user', 'authorize'),
  ),
  night(
    'other-client',
    'Somebody gave the consent of salesiq with the organisation client: its tokens begin with 1005.',
    of('salesiq', 'token/wrong_prefix', 'wrong-client', 'authorize'),
  ),
  night(
    'half-a-consent',
    'The consent of desk was given again, with one scope too few.',
    of('desk', 'token/missing_scope', 'scope-missing', 'authorize'),
  ),
  night(
    'moved-organisation',
    'The Desk organisation was moved, and its orgId in connections.json was the old one. Tokens stayed fine all night.',
    of('desk', 'service/desk:OAUTH_ORG_MISMATCH', 'setting-wrong', 'correct-settings'),
  ),
  night(
    'lost-permission',
    'A clean-up of IAM took the secrets from the role of the Lambda. It could not even claim an alert: only CloudWatch spoke. Apps read on.',
    ofAll('secrets/lambda-denied', 'store-refused', 'restore-store'),
  ),
  night(
    'silent-night',
    'The schedule was disabled during a deploy and never enabled. Nobody looked, so only missing data could tell.',
    ofAll('schedule/never', 'ticks-stopped', 'restart-schedule'),
  ),
  night(
    'two-at-once',
    'A clean-up took sns:Publish from the role of the Lambda, and half an hour later salesiq lost its consent: the mail that would have said so stayed inside.',
    ofAll('sns/access_denied', 'alerts-blocked', 'restore-publish'),
    { ...of('salesiq', 'connection/revoke', 'consent-lost', 'authorize'), afterMinutes: 30 },
  ),
];
