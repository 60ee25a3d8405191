import { describe, expect, test } from 'vitest';
import { type FailureCode, failureCodes, failureRow } from '../../../../lambda/failure.ts';
import { type AlertEvent, describeIncident, describeTest } from '../../../../lambda/incident/alert.ts';
import { alertStates } from '../../../../lambda/incident/record.ts';
import { renderAlert } from '../../../../lambda/incident/render-alert.ts';
import {
  alertEvent,
  desk,
  links,
  minute,
  nothingStored,
  salesiq,
  start,
  storedUntil,
  toldIncident,
} from '../examples.ts';

function parts(event: AlertEvent): Record<string, string> {
  return JSON.parse(renderAlert(event).message);
}

const longName = { ...salesiq, name: 'x'.repeat(40) };

/** Every alert that can be: each connection, state, code, and life of the stored token. */
const alerts = [desk, salesiq, longName].flatMap((connection) =>
  failureCodes.flatMap((code) =>
    alertStates.flatMap((state) =>
      [nothingStored, storedUntil(45), storedUntil(5), storedUntil(-5)].map((stored) =>
        describeIncident(connection, state, toldIncident(code), { stored, now: start, isOver: false }, links),
      ),
    ),
  ),
);
alerts.push(describeTest(start, links));

describe('every alert', () => {
  test('has a subject of 1 to 99 printable ASCII characters', () => {
    for (const event of alerts) expect(renderAlert(event).subject).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,98}$/);
  });

  test('names connection, state and urgency in its subject', () => {
    for (const event of alerts.filter(({ state }) => state !== 'test' && state !== 'resolved')) {
      const { subject } = renderAlert(event);
      expect(subject.startsWith(event.severity.toUpperCase())).toBe(true);
      expect(subject).toContain(`zoho ${event.connection}: ${event.code}`);
    }
  });

  test('reads to a person: what is broken, when apps feel it, why, the one next step, where to look', () => {
    for (const event of alerts) {
      const { email = '', default: text } = parts(event);
      expect(text).toBe(email);
      for (const part of [event.summary, event.impact, event.runbook_url, event.logs_url])
        expect(email).toContain(part);
      expect(email.split('\n').filter((line) => line.startsWith('Next step: '))).toEqual([
        `Next step: ${event.remedy}`,
      ]);
      expect(email).not.toMatch(/undefined|null|NaN|\[object/);
    }
  });

  test('is one line of at most 280 ASCII characters by SMS, with connection and next step', () => {
    for (const event of alerts) {
      const { sms = '' } = parts(event);
      expect(sms).toMatch(/^[\x20-\x7e]{1,280}$/);
      expect(sms).toContain(event.remedy.slice(0, 60));
    }
  });

  test('is the JSON event, exactly, to machines', () => {
    for (const event of alerts) {
      const all = parts(event);
      for (const protocol of ['https', 'sqs', 'lambda', 'email-json'])
        expect(JSON.parse(all[protocol] ?? '')).toEqual(event);
    }
  });

  test('has only texts under protocols that SNS knows', () => {
    for (const event of alerts) {
      const all = parts(event);
      expect(Object.keys(all).toSorted()).toEqual([
        'default',
        'email',
        'email-json',
        'https',
        'lambda',
        'sms',
        'sqs',
      ]);
      for (const text of Object.values(all)) expect(text).toMatch(/\S/);
    }
  });

  test('has the five attributes for filter policies, none empty', () => {
    for (const event of alerts) {
      const { connection, service, code, severity, state } = event;
      expect(renderAlert(event).attributes).toEqual({ connection, service, code, severity, state });
      for (const value of Object.values(renderAlert(event).attributes)) expect(value).toMatch(/^[\w-]+$/);
    }
  });
});

describe('hostile words', () => {
  const hostile = 'Zürich\r\nBcc: all@example.com\u0000\u001b[2J\u2028"}\\ 🙂'.repeat(40);

  test('leave the subject and the SMS one short line of ASCII', () => {
    for (const state of [...alertStates, 'test'] as const) {
      const event = alertEvent({
        state,
        connection: hostile,
        summary: hostile,
        impact: hostile,
        remedy: hostile,
      });
      expect(renderAlert(event).subject).toMatch(/^[\x20-\x7e]{1,99}$/);
      expect(parts(event).sms).toMatch(/^[\x20-\x7e]{1,280}$/);
    }
  });

  test('stay out of the subject where they are Zoho’s', () => {
    expect(renderAlert(alertEvent({ summary: hostile, impact: hostile })).subject).toBe(
      renderAlert(alertEvent()).subject,
    );
  });

  test('arrive unchanged in the JSON event', () => {
    const event = alertEvent({ summary: hostile });
    expect(JSON.parse(parts(event).sqs ?? '')).toEqual(event);
  });
});

describe('the headline', () => {
  test.each<[Partial<AlertEvent>, string]>([
    [{}, 'WARNING zoho desk: invalid_code, token ends in 30 min'],
    [
      { severity: 'critical', state: 'escalated', minutes_left: 9 },
      'CRITICAL escalated zoho desk: invalid_code, token ends in 9 min',
    ],
    [
      { severity: 'critical', state: 'reminder', minutes_left: 0, expires_at: null },
      'CRITICAL still open zoho desk: invalid_code, apps have NO usable token',
    ],
    [{ state: 'resolved' }, 'RESOLVED zoho desk: a good token is stored again (invalid_code)'],
    [{ state: 'test' }, 'TEST zoho tokens: this is a test alert, nothing is wrong'],
  ])('of %j is "%s"', (changes, headline) => {
    const event = alertEvent(changes);
    expect(renderAlert(event).subject).toBe(headline);
    expect(parts(event).sms?.startsWith(`${headline}. `)).toBe(true);
    expect(parts(event).email).not.toContain(headline);
  });

  test('does not say that no token is usable in the last minute of one that is', () => {
    const stored = storedUntil(0.5);
    const facts = { stored, now: minute(0), isOver: false };
    const event = describeIncident(desk, 'escalated', toldIncident('invalid_code'), facts, links);
    expect(event.impact).toContain('nothing yet');
    expect(renderAlert(event).subject).not.toContain('NO usable token');
  });
});

describe('the first line of the e-mail', () => {
  test.each<[Partial<AlertEvent>, string]>([
    [{}, 'WARNING: zoho desk has lost its consent'],
    [{ state: 'escalated', severity: 'critical' }, 'CRITICAL: zoho desk has lost its consent'],
    [{ state: 'resolved' }, 'RESOLVED: zoho desk is well again'],
    [{ state: 'test', code: 'test' }, 'TEST of the alerts about Zoho tokens'],
  ])('of %j says "%s", then what apps feel', (changes, opening) => {
    const event = alertEvent(changes);
    expect(parts(event).email?.split('\n')[0]).toBe(`${opening}: ${event.impact}.`);
  });

  test('says of every alert what is broken in words, and what apps feel', () => {
    for (const event of alerts) {
      const first = parts(event).email?.split('\n')[0] ?? '';
      expect(first.endsWith(`: ${event.impact}.`)).toBe(true);
      if (event.state === 'test') continue;
      expect(first).toContain(`zoho ${event.connection} `);
      if (event.state === 'resolved') continue;
      expect(first.startsWith(`${event.severity.toUpperCase()}: `)).toBe(true);
      expect(first).toContain(failureRow(event.code as FailureCode).title);
    }
  });
});

describe('the lines of the e-mail', () => {
  test('say what is broken, why, the one next step, then the rest, with room between', () => {
    expect(parts(alertEvent({ attempts: 3 })).email?.split('\n')).toEqual([
      'WARNING: zoho desk has lost its consent: nothing yet: the stored token works until 12:30 UTC on 2026-11-22.',
      '',
      'Why: desk has lost its consent: Zoho refused the refresh: "invalid_code".',
      '',
      'Next step: Give consent again with `npx zoho-tokens authorize desk`.',
      '',
      'Since:    2026-11-22T12:00:00.000Z (3 tries)',
      'Token:    ends 2026-11-22T12:30:00.000Z, 30 minutes left',
      'Look:     npx zoho-tokens status desk',
      'Runbook:  https://example.com/runbook.md#invalid_code',
      `Logs:     ${links.logsUrl}`,
      '',
    ]);
  });

  test.each<[line: string, changes: Partial<AlertEvent>]>([
    ['Since:    2026-11-22T12:00:00.000Z (1 try)', { attempts: 1 }],
    ['Since:    2026-11-22T12:00:00.000Z (2 tries)', { attempts: 2 }],
    ['Token:    none stored', { expires_at: null, minutes_left: 0 }],
    ['Look:     npx zoho-tokens status salesiq', { connection: 'salesiq', state: 'resolved' }],
  ])('have "%s" for %j', (line, changes) => {
    expect(parts(alertEvent(changes)).email?.split('\n')).toContain(line);
  });

  test('of a test alert say nothing of tries and tokens: there are none', () => {
    const names = parts(describeTest(start, links))
      .email?.split('\n')
      .map((line) => line.split(':')[0]);
    expect(names).toEqual([
      'TEST of the alerts about Zoho tokens',
      '',
      'Why',
      '',
      'Next step',
      '',
      'Runbook',
      'Logs',
      '',
    ]);
  });
});

describe('a text that is shortened', () => {
  const subjectOf = (connection: string) => renderAlert(alertEvent({ connection })).subject;
  const others = subjectOf('').length;

  test('is whole up to the last character that fits', () => {
    const fits = 'x'.repeat(99 - others);
    expect(subjectOf(fits)).toBe(`WARNING zoho ${fits}: invalid_code, token ends in 30 min`);
    expect(subjectOf(`${fits}x`)).toBe(`WARNING zoho ${fits}x: invalid_code, token ends in 30...`);
  });

  test('has one space for any run of what cannot be printed', () => {
    expect(subjectOf('a\r\n\u0000🙂b')).toBe('WARNING zoho a b: invalid_code, token ends in 30 min');
  });
});
