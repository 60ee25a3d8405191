import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConnections } from '../../../lambda/connections/read-connections.ts';
import { nights } from '../../../local/drill/nights.ts';
import { scoreNight } from '../../../local/drill/score.ts';
import { connectionsOf, isPerConnection } from '../../../local/faults/fault-entry.ts';
import { findFault } from '../../../local/faults/fault-table.ts';

const good = { minutesToNotice: 3, minutesToCause: 9, wrongActions: 0, isHealed: true };

describe('the score', () => {
  it.each([
    ['a night played well', good, 100],
    ['noticed after half an hour', { ...good, minutesToNotice: 30 }, 90],
    ['understood after an hour', { ...good, minutesToCause: 60 }, 80],
    ['two wrong actions', { ...good, wrongActions: 2 }, 80],
    ['left broken', { ...good, isHealed: false }, 60],
    [
      'never looked at',
      { minutesToNotice: undefined, minutesToCause: undefined, wrongActions: 0, isHealed: false },
      0,
    ],
    ['many guesses', { ...good, wrongActions: 40 }, 0],
  ])('of %s', (_, performance, points) => {
    expect(scoreNight(performance).points).toBe(points);
  });
});

describe('the ten nights', () => {
  const { connections } = readConnections(readFileSync('connections.json', 'utf8'));

  it('are ten, each with an id of its own and a story', () => {
    expect(new Set(nights.map(({ id }) => id)).size).toBe(10);
    for (const { story } of nights) expect(story).toMatch(/^[A-Z].{30,}\.$/);
  });

  it('name only faults that exist, for connections that can have them', () => {
    for (const { fault: id, connection } of nights.flatMap(({ faults }) => faults)) {
      const fault = findFault(id);
      expect(fault, id).toBeDefined();
      if (fault === undefined || connection === undefined) continue;
      expect(isPerConnection(fault), id).toBe(true);
      expect(connectionsOf(fault, connections).map(({ name }) => name)).toContain(connection);
    }
  });
});
