import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lifeAlarmName, refresherAlarmName, refresherAlarmSubjects } from '../../infra/alarm-names.ts';
import { failureCodes, failureRow } from '../../lambda/failure.ts';

const runbook = readFileSync('docs/runbook.md', 'utf8');
const readme = readFileSync('README.md', 'utf8');

function entryOf(code: string): string {
  return runbook.split(/^## /m).find((entry) => entry.startsWith(`${code}\n`)) ?? '';
}

describe('docs/runbook.md', () => {
  it.each(failureCodes)('has an entry for %s that says what the code says', (code) => {
    const entry = entryOf(code);
    expect(entry).toContain(failureRow(code).meaning);
    expect(entry).toContain(failureRow(code).remedy);
    for (const part of ['Means.', 'Apps feel.', 'Confirm.', 'Fix.', 'Fixed when'])
      expect(entry).toContain(part);
  });

  it.each(failureCodes)('has a row for %s with its next try', (code) => {
    const row = runbook.split('\n').find((line) => line.startsWith(`| [\`${code}\`](#${code}) |`)) ?? '';
    const tries = {
      'next tick': 'next tick',
      'operator waits': '10 min',
      'throttle waits': '15 min, 15 min',
      'next probe': 'with every probe',
    };
    expect(row).toContain(tries[failureRow(code).nextTry]);
  });

  it('names every alarm of the stack', () => {
    const names = [
      lifeAlarmName('zoho', '<connection>'),
      ...refresherAlarmSubjects.map((subject) => refresherAlarmName('zoho', subject)),
    ];
    for (const name of names) expect(runbook).toContain(`| \`${name}\` |`);
  });

  it('has no entry for a code that does not exist', () => {
    const entries = [...runbook.matchAll(/^## ([a-z_]+)$/gm)].map(([, code]) => code);
    expect(entries).toEqual([...failureCodes, 'test']);
  });
});

describe('README.md', () => {
  it.each(failureCodes)('points from %s to its entry', (code) => {
    expect(readme).toContain(`[\`${code}\`](docs/runbook.md#${code})`);
  });
});
