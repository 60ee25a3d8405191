import { expect, test } from 'vitest';
import { coveringScopes, missingScopes, splitScopes } from '../../../../lambda/zoho/scopes.ts';

test.each([
  ['Desk.calls.READ Desk.basic.READ', ['Desk.calls.READ', 'Desk.basic.READ']],
  [' Desk.calls.READ,\t Desk.basic.READ\n', ['Desk.calls.READ', 'Desk.basic.READ']],
  ['', []],
  [' , ', []],
])('splits %j', (scope, scopes) => {
  expect(splitScopes(scope)).toEqual(scopes);
});

test.each<[required: string, ...granted: string[]]>([
  ['SalesIQ.conversations.READ', 'SalesIQ.conversations.READ'],
  ['SalesIQ.conversations.CREATE', 'SalesIQ.Conversations.ALL'],
  ['SalesIQ.conversations.DELETE', 'Salesiq.conversations.Delete'],
  ['salesiq.apps.read', 'SalesIQ.apps.READ'],
  ['Desk.calls.CREATE', 'Desk.calls.CREATE', 'Desk.calls.ALL', 'Desk.activities.calls.CREATE'],
  ['Desk.calls.CREATE', 'Desk.activities.CREATE', 'Desk.activities.calls.ALL', 'Desk.activities.ALL'],
  ['Desk.calls.READ', 'Desk.activities.calls.READ', 'Desk.activities.READ'],
  ['Desk.activities.calls.READ', 'Desk.calls.READ', 'Desk.activities.READ'],
  ['Desk.activities.calls.notes.READ', 'Desk.activities.calls.READ', 'Desk.activities.READ'],
  ['Desk.departments.READ', 'Desk.basic.READ', 'Desk.settings.READ', 'desk.BASIC.all', 'Desk.settings.ALL'],
])('%s is covered by %s', (required, ...granted) => {
  for (const each of granted) expect([each, missingScopes([required], [each])]).toEqual([each, []]);
});

test.each<[required: string, ...granted: string[]]>([
  ['SalesIQ.conversations.READ', 'SalesIQ.conversations.CREATE', 'SalesIQ.conversations', 'SalesIQ.apps.ALL'],
  ['SalesIQ.conversations.READ', 'SalesIQ.READ', 'ALL', 'Desk.conversations.READ'],
  ['SalesIQ.conversations.READ', 'XSalesIQ.conversations.READ'],
  ['SalesIQ.conversations.ALL', 'SalesIQ.conversations.READ'],
  ['Desk.calls.CREATE', 'Desk.activities.calls.READ', 'Desk.activities.READ', 'Desk.CREATE'],
  ['Desk.calls.CREATE', 'Desk.activities.tasks.CREATE'],
  ['XDesk.calls.CREATE', 'XDesk.activities.calls.CREATE'],
  ['Desk.activities.READ', 'Desk.activities.calls.READ'],
  ['Desk.departments.READ', 'Desk.basic.CREATE'],
  ['Desk.departments.CREATE', 'Desk.basic.READ'],
  ['Desk.basic.READ', 'Desk.settings.READ'],
  ['Desk.tickets.READ', 'Desk.basic.READ'],
])('%s is not covered by %s', (required, ...granted) => {
  for (const each of granted) expect([each, missingScopes([required], [each])]).toEqual([each, [required]]);
});

test.each<[required: string, ...words: string[]]>([
  ['SalesIQ.conversations.READ', 'salesiq.conversations'],
  ['Desk.calls.READ', 'desk.activities', 'desk.activities.calls', 'desk.calls'],
  ['Desk.activities.calls.READ', 'desk.activities', 'desk.activities.calls', 'desk.calls'],
])('%s is covered by READ and ALL of these alone: %s', (required, ...words) => {
  const covering = words.flatMap((word) => [`${word}.all`, `${word}.read`]);
  expect([...new Set(coveringScopes(required))].toSorted()).toEqual(covering.toSorted());
});

test('names what is missing in the spelling of the configuration', () => {
  const required = ['Desk.calls.CREATE', 'Desk.calls.READ', 'Desk.departments.READ'];
  expect(missingScopes(required, ['desk.basic.read'])).toEqual(['Desk.calls.CREATE', 'Desk.calls.READ']);
  expect(missingScopes(required, [])).toEqual(required);
  expect(missingScopes([], [])).toEqual([]);
});
