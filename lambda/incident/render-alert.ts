import type { SnsMessage } from '../aws/publish.ts';
import { dashboardUrl } from '../log.ts';
import type { Alert, AlertEvent } from './alert.ts';
import { longestSmsCharacters, longestSubjectCharacters } from './headline.ts';

/**
 * Writes an alert for somebody woken at night, and for machines. Zoho's own text stays in the body, quoted.
 * @see {@link https://docs.aws.amazon.com/sns/latest/api/API_Publish.html | SNS Publish}
 */
export function renderAlert(alert: Alert): SnsMessage {
  const text = renderText(alert);
  const json = JSON.stringify(alert.event);
  const { connection, service, code, severity, state } = alert.event;
  return {
    subject: shortened(alert.subject, longestSubjectCharacters),
    message: JSON.stringify({
      default: text,
      email: text,
      sms: shortened(alert.sms, longestSmsCharacters),
      'email-json': json,
      https: json,
      sqs: json,
      lambda: json,
    }),
    attributes: { connection, service, code, severity, state },
  };
}

/** What apps feel and by when, what to do, why, what comes by itself, where; each once. */
function renderText({ event, next, where }: Alert): string {
  const dashboard = dashboardUrl(event.region, event.secret_prefix);
  const isAddress = event.runbook_url.startsWith('https:') || event.state === 'test';
  const links = [
    `Runbook    ${isAddress ? event.runbook_url : `npx --no-install zoho-tokens runbook ${event.code}`}`,
    ...(event.logs_url === '' ? [] : [`Logs       ${event.logs_url}`]),
    ...(dashboard === undefined ? [] : [`Dashboard  ${dashboard}`]),
  ];
  return [
    event.impact,
    '',
    ...whatToDo(event),
    '',
    `WHY    ${event.summary}${next === '' ? '' : ` ${tried(event)}`}`,
    ...(next === '' ? [] : [`NEXT   ${next}`]),
    `WHERE  ${where}${event.state === 'test' ? '' : ` Incident ${event.incident_id}`}`,
    ...links,
    '',
  ].join('\n');
}

function whatToDo({ state, command, remedy, usable, heals_itself: healsItself }: AlertEvent): string[] {
  if (state === 'test' || state === 'resolved') return [remedy];
  // If apps have no usable token, it has lasted too long already.
  const heading = healsItself && usable ? 'IF IT LASTS' : 'DO THIS';
  if (command === null) return [`${heading}:`, `  ${remedy}`];
  return [`${heading}, in the folder of the deployment:`, `  ${command}`, `  ${remedy}`];
}

function tried({ attempts, since, sent_at: sentAt, heals_itself: healsItself }: AlertEvent): string {
  const times = attempts === 1 ? 'once' : `${attempts} times`;
  const date = since.slice(0, 10) === sentAt.slice(0, 10) ? '' : ` on ${since.slice(0, 10)}`;
  const outlook = healsItself ? 'It is expected to pass.' : 'It will not heal by itself.';
  return `Tried ${times} since ${since.slice(11, 16)} UTC${date}. ${outlook}`;
}

function shortened(text: string, longest: number): string {
  const plain = text.replace(/[^\x20-\x7e]+/g, ' ');
  return plain.length <= longest ? plain : `${plain.slice(0, longest - 3)}...`;
}
