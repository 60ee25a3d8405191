import { describe, expect, test } from 'vitest';
import { coveringScopes, missingScopes, splitScopes } from '../../../../lambda/zoho/scopes.ts';

function covers(granted: string, required: string): boolean {
  return missingScopes([required], [granted]).length === 0;
}

test.each([
  ['Desk.calls.READ Desk.basic.READ', ['Desk.calls.READ', 'Desk.basic.READ']],
  ['Desk.calls.READ,Desk.basic.READ', ['Desk.calls.READ', 'Desk.basic.READ']],
  [' Desk.calls.READ,\t Desk.basic.READ\n', ['Desk.calls.READ', 'Desk.basic.READ']],
  ['', []],
  [' , ', []],
])('splits %j', (scope, scopes) => {
  expect(splitScopes(scope)).toEqual(scopes);
});

describe('a required scope', () => {
  test.each<[required: string, granted: string]>([
    ['SalesIQ.conversations.READ', 'SalesIQ.conversations.READ'],
    ['SalesIQ.conversations.CREATE', 'SalesIQ.Conversations.ALL'],
    ['SalesIQ.conversations.UPDATE', 'SalesIQ.Conversations.ALL'],
    ['SalesIQ.conversations.DELETE', 'Salesiq.conversations.Delete'],
    ['salesiq.apps.read', 'SalesIQ.apps.READ'],
    ['SalesIQ.departments.READ', 'SalesIQ.departments.ALL'],
    ['Desk.calls.CREATE', 'Desk.calls.CREATE'],
    ['Desk.calls.CREATE', 'Desk.calls.ALL'],
    ['Desk.calls.CREATE', 'Desk.activities.calls.CREATE'],
    ['Desk.calls.CREATE', 'Desk.activities.CREATE'],
    ['Desk.calls.CREATE', 'Desk.activities.calls.ALL'],
    ['Desk.calls.CREATE', 'Desk.activities.ALL'],
    ['Desk.calls.READ', 'Desk.activities.calls.READ'],
    ['Desk.calls.READ', 'Desk.activities.READ'],
    ['Desk.activities.calls.READ', 'Desk.calls.READ'],
    ['Desk.activities.calls.READ', 'Desk.activities.READ'],
    ['Desk.activities.calls.notes.READ', 'Desk.activities.calls.READ'],
    ['Desk.activities.calls.notes.READ', 'Desk.activities.READ'],
    ['Desk.departments.READ', 'Desk.basic.READ'],
    ['Desk.departments.READ', 'Desk.settings.READ'],
    ['Desk.departments.READ', 'desk.BASIC.all'],
    ['Desk.departments.READ', 'Desk.settings.ALL'],
  ])('%s is covered by %s', (required, granted) => {
    expect(covers(granted, required)).toBe(true);
  });

  test.each<[required: string, granted: string]>([
    ['SalesIQ.conversations.READ', 'SalesIQ.conversations.CREATE'],
    ['SalesIQ.conversations.READ', 'SalesIQ.conversations'],
    ['SalesIQ.conversations.READ', 'SalesIQ.apps.ALL'],
    ['SalesIQ.conversations.READ', 'SalesIQ.READ'],
    ['SalesIQ.conversations.READ', 'ALL'],
    ['SalesIQ.conversations.READ', 'Desk.conversations.READ'],
    ['SalesIQ.conversations.READ', 'XSalesIQ.conversations.READ'],
    ['SalesIQ.conversations.ALL', 'SalesIQ.conversations.READ'],
    ['Desk.calls.CREATE', 'Desk.activities.calls.READ'],
    ['Desk.calls.CREATE', 'Desk.activities.READ'],
    ['Desk.calls.CREATE', 'Desk.activities.tasks.CREATE'],
    ['Desk.calls.CREATE', 'Desk.CREATE'],
    ['Desk.activities.READ', 'Desk.activities.calls.READ'],
    ['Desk.departments.READ', 'Desk.basic.CREATE'],
    ['Desk.departments.CREATE', 'Desk.basic.READ'],
    ['Desk.basic.READ', 'Desk.settings.READ'],
    ['Desk.tickets.READ', 'Desk.basic.READ'],
  ])('%s is not covered by %s', (required, granted) => {
    expect(covers(granted, required)).toBe(false);
  });
});

const callNames = [
  'desk.activities.all',
  'desk.activities.calls.all',
  'desk.activities.calls.read',
  'desk.activities.read',
  'desk.calls.all',
  'desk.calls.read',
];

test.each<[required: string, covering: string[]]>([
  ['SalesIQ.conversations.READ', ['salesiq.conversations.all', 'salesiq.conversations.read']],
  ['Desk.calls.READ', callNames],
  ['Desk.activities.calls.READ', callNames],
])('%s is covered by these names and no others', (required, covering) => {
  expect([...new Set(coveringScopes(required))].toSorted()).toEqual(covering);
});

test('names what is missing in the spelling of the configuration', () => {
  const required = ['Desk.calls.CREATE', 'Desk.calls.READ', 'Desk.departments.READ'];
  expect(missingScopes(required, ['desk.basic.read'])).toEqual(['Desk.calls.CREATE', 'Desk.calls.READ']);
  expect(missingScopes(required, [])).toEqual(required);
  expect(missingScopes([], [])).toEqual([]);
});
