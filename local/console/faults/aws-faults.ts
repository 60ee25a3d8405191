import type { FaultKind } from '../../aws/faults.ts';
import type { FaultEntry, FaultGroup } from './entry.ts';

/** Titles of what the AWS stand-ins can do wrong; a kind without a title does not compile. */
const kinds: Record<FaultKind, string> = {
  refuse: 'Connections refused',
  reset: 'Connections reset before the answer',
  'reset-during-answer': 'Connections reset within the answer',
  'reset-after-answer': 'Carried out, but never answered',
  hang: 'No answer at all',
  'slow-drip': 'Answers byte by byte',
  garbage: 'A proxy answers with HTML',
  huge: 'Endless answers',
  'access-denied': 'Access denied',
  throttled: 'Throttled',
  'internal-error': 'Internal error',
  'kms-disabled': 'KMS key disabled',
};
const blind =
  'No token can be read, so no alert can be claimed: runs fail, and the CloudWatch alarm on errors speaks within 10 minutes';

/** Secrets Manager fails: the refresher is blind, and its alarm speaks. */
export const secretsFaults: FaultGroup = {
  title: 'Secrets Manager fails',
  entries: [
    ...(Object.keys(kinds) as FaultKind[]).map(
      (kind): FaultEntry => ({
        id: `secrets/${kind}`,
        title: kinds[kind],
        expect: `${blind}.${kind === 'slow-drip' ? ' Each run lasts its whole minute.' : ''}`,
        how: { at: 'secrets', kind },
        leadsTo: kind === 'slow-drip' ? 'alarm' : 'secret_store_failed',
      }),
    ),
    {
      id: 'secrets/writes-denied',
      title: 'Writes denied, reads allowed',
      expect:
        'No new token can be stored and no alert claimed: once the token is due the run fails, and the alarm on errors speaks.',
      how: { at: 'secrets', kind: 'access-denied', operations: ['PutSecretValue'] },
      leadsTo: 'secret_store_failed',
    },
    {
      id: 'connection/delete-token-secret',
      title: 'Mark the token secret for deletion',
      expect: `${blind}.`,
      how: { at: 'connection', deed: 'delete token secret' },
      leadsTo: 'secret_store_failed',
    },
    {
      id: 'secrets/slow',
      title: 'Slow answers',
      expect: 'Nothing but longer runs: one second per answer is within every time-out.',
      how: { at: 'secrets or sns', slow: 'secrets', latencyMilliseconds: 1_000 },
      leadsTo: 'nothing',
    },
  ],
};

/** SNS takes the message on, and its answer does not come through. */
export const takenOnUnsaid: readonly FaultKind[] = ['reset-during-answer', 'reset-after-answer', 'slow-drip'];

/**
 * The Lambda cannot publish: to be seen only together with an incident. CloudWatch's own mails still come, as where only the
 * Lambda's permission is lost, or where alarms have a paging topic of their own.
 */
export const snsFaults: FaultGroup = {
  title: 'The Lambda cannot publish to SNS',
  entries: [
    ...(Object.keys(kinds) as FaultKind[]).map(
      (kind): FaultEntry => ({
        id: `sns/${kind}`,
        title: kinds[kind],
        expect: takenOnUnsaid.includes(kind)
          ? 'Nothing by itself. With an incident: the mail arrives several times, as SNS took it on and never could say so; the run fails, and the CloudWatch alarm on errors speaks, too.'
          : 'Nothing by itself. With an incident: runs fail, and the CloudWatch alarm on errors speaks; the mail is out at most 30 minutes after healing.',
        how: { at: 'sns', kind },
        leadsTo: 'nothing',
      }),
    ),
    {
      id: 'sns/slow',
      title: 'Slow answers',
      expect:
        'Nothing but longer runs while an incident is told: one second per answer is within every time-out.',
      how: { at: 'secrets or sns', slow: 'sns', latencyMilliseconds: 1_000 },
      leadsTo: 'nothing',
    },
  ],
};

/** The schedule fails: what nobody does cannot be told by who should do it. */
export const scheduleFaults: FaultGroup = {
  title: 'The schedule fails',
  entries: [
    {
      id: 'schedule/never',
      title: 'Ticks stop',
      expect:
        "No mail from the refresher: only the CloudWatch alarms on each token's life speak, after 15 minutes without data.",
      how: { at: 'schedule', delivery: 'never' },
      leadsTo: 'alarm',
    },
    {
      id: 'schedule/dropped',
      title: 'Ticks cannot be handed over',
      expect:
        'They end in the dead-letter queue: the CloudWatch alarm on dropped ticks speaks with the next one, those on life after 15 minutes without data.',
      how: { at: 'schedule', delivery: 'dropped' },
      leadsTo: 'alarm',
    },
    {
      id: 'schedule/twice',
      title: 'Every tick comes twice',
      expect: 'Nothing: the second finds nothing to do, and no alert is sent twice.',
      how: { at: 'schedule', delivery: 'twice' },
      leadsTo: 'nothing',
    },
  ],
};
