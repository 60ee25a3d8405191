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
