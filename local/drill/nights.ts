import type { Cause, Fix } from './causes.ts';

/** One thing that goes wrong in a night. */
export type NightFault = {
  /** Id in the console's catalogue, e.g. `connection/revoke`. */
  readonly fault: string;
  /** Name of the connection; absent where it is not about one. */
  readonly connection?: string;
  /** Minutes after the night's first fault. */
  readonly afterMinutes: number;
  /** Minutes after which it heals by itself, where it does. */
  readonly lastsMinutes?: number;
  readonly cause: Cause;
  /** What ends it, the best first. */
  readonly fixes: readonly Fix[];
};

export type Night = {
  readonly id: string;
  /** Told when the night is over. */
  readonly story: string;
  readonly faults: readonly NightFault[];
};

/** The ten nights. When the first fault of a night comes is drawn anew each time. */
export const nights: readonly Night[] = [
  {
    id: 'password-change',
    story:
      'An administrator changed the password of the Zoho account of desk, which ended its consents and all their tokens.',
    faults: [
      {
        fault: 'connection/revoke',
        connection: 'desk',
        afterMinutes: 0,
        cause: 'consent-lost',
        fixes: ['authorize'],
      },
    ],
  },
  {
    id: 'rotated-secret',
    story: 'Security rotated the client secret of salesiq in the API console and forgot to store it here.',
    faults: [
      {
        fault: 'connection/rotate-secret',
        connection: 'salesiq',
        afterMinutes: 0,
        cause: 'secret-rotated',
        fixes: ['authorize'],
      },
    ],
  },
  {
    id: 'bad-gateway',
    story:
      'Zoho answered every token request with 502 for 70 minutes. Nothing here was wrong, and nothing here could help.',
    faults: [
      { fault: 'token/html_502', afterMinutes: 0, lastsMinutes: 70, cause: 'zoho-down', fixes: ['wait'] },
    ],
  },
  {
    id: 'busy-laptop',
    story: 'A forgotten script on a laptop refreshed the token of desk in a loop until Zoho throttled it.',
    faults: [
      {
        fault: 'token/throttle_400',
        connection: 'desk',
        afterMinutes: 0,
        cause: 'throttled',
        fixes: ['stop-other-user', 'authorize'],
      },
    ],
  },
  {
    id: 'other-client',
    story: 'Somebody gave the consent of salesiq with the organisation client: its tokens begin with 1005.',
    faults: [
      {
        fault: 'token/wrong_prefix',
        connection: 'salesiq',
        afterMinutes: 0,
        cause: 'wrong-client',
        fixes: ['authorize'],
      },
    ],
  },
  {
    id: 'half-a-consent',
    story: 'The consent of desk was given again, with one scope too few.',
    faults: [
      {
        fault: 'token/missing_scope',
        connection: 'desk',
        afterMinutes: 0,
        cause: 'scope-missing',
        fixes: ['authorize'],
      },
    ],
  },
  {
    id: 'moved-organisation',
    story:
      'The Desk organisation was moved, and its orgId in connections.json was the old one. Tokens stayed fine all night.',
    faults: [
      {
        fault: 'service/desk:OAUTH_ORG_MISMATCH',
        connection: 'desk',
        afterMinutes: 0,
        cause: 'setting-wrong',
        fixes: ['correct-settings'],
      },
    ],
  },
  {
    id: 'lost-permission',
    story:
      'A clean-up of IAM took the secrets from the role of the Lambda. It could not even claim an alert: only CloudWatch spoke. Apps read on.',
    faults: [
      { fault: 'secrets/access_denied', afterMinutes: 0, cause: 'store-refused', fixes: ['restore-store'] },
    ],
  },
  {
    id: 'silent-night',
    story:
      'The schedule was disabled during a deploy and never enabled. Nobody looked, so only missing data could tell.',
    faults: [
      { fault: 'schedule/never', afterMinutes: 0, cause: 'ticks-stopped', fixes: ['restart-schedule'] },
    ],
  },
  {
    id: 'two-at-once',
    story:
      'A clean-up took sns:Publish from the role of the Lambda, and half an hour later salesiq lost its consent: the mail that would have said so stayed inside.',
    faults: [
      { fault: 'sns/access_denied', afterMinutes: 0, cause: 'alerts-blocked', fixes: ['restore-publish'] },
      {
        fault: 'connection/revoke',
        connection: 'salesiq',
        afterMinutes: 30,
        cause: 'consent-lost',
        fixes: ['authorize'],
      },
    ],
  },
];
