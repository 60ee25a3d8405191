import { type FailureCode, failureRow } from '../failure.ts';
import type { AlertEvent } from './alert.ts';

/** An alert as SNS takes it. */
export type RenderedAlert = {
  /** Printable ASCII, 1 to 99 characters. */
  readonly subject: string;
  /** JSON of the texts per protocol, for `MessageStructure: json`. */
  readonly message: string;
  /** For filter policies; no value is empty. */
  readonly attributes: Readonly<Record<string, string>>;
};

const longestSubjectCharacters = 99;
/** One SMS part holds 140 ASCII characters; two are read before they are scrolled away. */
const longestSmsCharacters = 280;

/**
 * Writes an alert for somebody woken at night, and for machines.
 *
 * The subject holds only this system's own words: Zoho's text stays in the body, quoted.
 *
 * @see {@link https://docs.aws.amazon.com/sns/latest/api/API_Publish.html | SNS Publish}
 */
export function renderAlert(event: AlertEvent): RenderedAlert {
  const text = renderText(event);
  const json = JSON.stringify(event);
  const { connection, service, code, severity, state } = event;
  return {
    subject: shortened(renderHeadline(event), longestSubjectCharacters),
    message: JSON.stringify({
      default: text,
      email: text,
      sms: shortened(`${renderHeadline(event)}. ${event.remedy}`, longestSmsCharacters),
      'email-json': json,
      https: json,
      sqs: json,
      lambda: json,
    }),
    attributes: { connection, service, code, severity, state },
  };
}

function renderHeadline({ state, severity, connection, code, minutes_left: minutes }: AlertEvent): string {
  if (state === 'test') return 'TEST zoho tokens: this is a test alert, nothing is wrong';
  if (state === 'resolved') return `RESOLVED zoho ${connection}: a good token is stored again (${code})`;
  const left = minutes > 0 ? `token ends in ${minutes} min` : 'apps have NO usable token';
  const word = { open: '', escalated: ' escalated', reminder: ' still open' }[state];
  return `${severity.toUpperCase()}${word} zoho ${connection}: ${code}, ${left}`;
}

/** What is broken, in words: the subject has the code. */
function renderOpening({ state, severity, connection, code }: AlertEvent): string {
  if (state === 'test') return 'TEST of the alerts about Zoho tokens';
  if (state === 'resolved') return `RESOLVED: zoho ${connection} is well again`;
  const row = failureRow(code as FailureCode);
  return `${severity.toUpperCase()}: zoho ${connection} ${row.title}`;
}

/** First what is broken and when apps feel it, then why, then the one next step, then the rest. */
function renderText(event: AlertEvent): string {
  const { state, connection, summary, impact, remedy } = event;
  const rest =
    state === 'test'
      ? []
      : [
          `Since:    ${event.since} (${event.attempts} ${event.attempts === 1 ? 'try' : 'tries'})`,
          `Token:    ${event.expires_at === null ? 'none stored' : `ends ${event.expires_at}, ${event.minutes_left} minutes left`}`,
          `Look:     npx zoho-tokens status ${connection}`,
        ];
  return [
    `${renderOpening(event)}: ${impact}.`,
    '',
    `Why: ${summary}.`,
    '',
    `Next step: ${remedy}`,
    '',
    ...rest,
    `Runbook:  ${event.runbook_url}`,
    `Logs:     ${event.logs_url}`,
    '',
  ].join('\n');
}

function shortened(text: string, longest: number): string {
  const plain = text.replace(/[^\x20-\x7e]+/g, ' ');
  return plain.length <= longest ? plain : `${plain.slice(0, longest - 3)}...`;
}
