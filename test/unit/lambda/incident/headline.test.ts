import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failureCodes } from '../../../../lambda/failure.ts';
import { describeIncident } from '../../../../lambda/incident/alert.ts';
import { alertStates } from '../../../../lambda/incident/record.ts';
import { renderAlert } from '../../../../lambda/incident/render-alert.ts';
import { desk, incidentOf, links, minute, storedUntil, toldIncident } from '../examples.ts';

const nameCharacters = [...'abcdefghijklmnopqrstuvwxyz0123456789-'];
/** With more than 34 characters, 40 of a connection and the longest code exceed 99 whatever else is left out. */
const prefixes = fc.string({
  unit: fc.constantFrom(...nameCharacters, '/', '_'),
  minLength: 1,
  maxLength: 34,
});

test('subject and SMS have the place and the code whole, however long both are', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...nameCharacters), minLength: 1, maxLength: 40 }),
      prefixes,
      fc.constantFrom(...failureCodes),
      fc.constantFrom(...alertStates),
      fc.constantFrom(toldIncident, incidentOf),
      fc.integer({ min: 0, max: 719 }),
      fc.integer({ min: -5, max: 60 }),
      (name, secretPrefix, code, state, incident, now, left) => {
        const facts = { stored: storedUntil(now + left), now: minute(now) };
        const place = { ...links, secretPrefix };
        const alert = describeIncident({ ...desk, name }, state, incident(code), facts, place);
        const { subject, message } = renderAlert(alert);
        const { sms } = JSON.parse(message) as { sms: string };
        expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
        expect(sms).toMatch(/^[\x20-\x7e]{1,140}$/);
        expect(subject).toContain(`${secretPrefix}/${name} `);
        expect(subject.endsWith(` (${code})`), subject).toBe(true);
        expect(sms).toContain(`${secretPrefix}/${name} ${code}`);
      },
    ),
    { numRuns: 500 },
  );
});

const nearMidnight = (code: 'unexpected_response' | 'invalid_client_secret', now: number, name: string) =>
  describeIncident(
    { ...desk, name },
    'escalated',
    toldIncident(code),
    { stored: storedUntil(730), now: minute(now) },
    links,
  );

test.each([
  [715, 'desk', 'WATCH UNTIL 00:10 UTC on 2026-11-23: zoho/desk (unexpected_response)'],
  [722, 'desk', 'WATCH UNTIL 00:10 UTC, 8 MIN LEFT: zoho/desk (unexpected_response)'],
])('a long title gives way to the deadline, the place and the code', (now, name, subject) => {
  expect(nearMidnight('unexpected_response', now, name).subject).toBe(subject);
});

test('with the longest name the time of the deadline stays, and its date gives way', () => {
  const name = 'x'.repeat(40);
  const { subject, sms } = nearMidnight('invalid_client_secret', 722, name);
  expect(subject).toBe(`ACT BY 00:10 UTC, 8 MIN LEFT: zoho/${name} (invalid_client_secret)`);
  expect(sms).toBe(`ACT BY 00:10 UTC, 8 MIN LEFT zoho/${name} invalid_client_secret: copy client secret`);
  const watch = nearMidnight('unexpected_response', 715, name).subject;
  expect(watch).toBe(`WATCH UNTIL 00:10 UTC: zoho/${name} (unexpected_response)`);
});
