import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findRunbookEntry } from '../../cli/commands/runbook.ts';
import { meanings } from '../../cli/remedies.ts';
import { lifeAlarmName, refresherAlarmName, refresherAlarmSubjects } from '../../infra/alarm-names.ts';
import { commandFor, failureCodes, failureRow } from '../../lambda/failure.ts';

const runbook = readFileSync('docs/runbook.md', 'utf8');
const readme = readFileSync('README.md', 'utf8');
const entries = runbook.split(/^##+ /m).slice(1);
const entryOf = (title: string) => entries.find((entry) => entry.startsWith(`${title}\n`)) ?? '';

describe('docs/runbook.md', () => {
  it.each(failureCodes)('has an entry for %s that begins with its command and says what the alert says', (code) => {
    const { remedy, inShort } = failureRow(code);
    const command = commandFor(code, '<connection>');
    const beginning = command === null ? '' : `    ${command}\n\n`;
    expect(entryOf(code)).toContain(`${code}\n\n${beginning}**Do.** ${remedy}`);
    expect(entryOf(code)).toContain(`**Means.** ${meanings[code]}\n`);
    for (const part of ['Apps feel.', 'Confirm.', 'Over when']) expect(entryOf(code)).toContain(`**${part}`);
    expect(runbook).toMatch(new RegExp(`^\\| \\[\`${code}\`\\]\\(#${code}\\) \\| .*${inShort} \\|`, 'm'));
    expect(readme).toMatch(new RegExp(`^\\| \\[\`${code}\`\\]\\(docs/runbook.md#${code}\\) \\| .*${inShort} \\|`, 'm'));
  });

  it('has an entry for every alarm of the stack that begins with a command', () => {
    const names = [
      lifeAlarmName('zoho', '<connection>'),
      ...refresherAlarmSubjects.map((subject) => refresherAlarmName('zoho', subject)),
    ];
    for (const name of names) expect(entryOf(`\`${name}\``)).toMatch(/^.*\n\n {4}npx (--no-install zoho-tokens|cdk) /);
    for (const word of ['zoho/staging/heartbeat', 'zoho/desk/token-life', 'errors', 'dropped-ticks'])
      expect(findRunbookEntry(word)?.entry).toMatch(/^`npx [\s\S]*Means\./);
    expect(findRunbookEntry('token-life')?.anchor).toBe('zohoconnectiontoken-life');
  });

  it('has no entry for a code that does not exist, and never a plain npx for the own program', () => {
    const codes = [...runbook.matchAll(/^## ([a-z_]+)$/gm)].map(([, code]) => code);
    expect(codes).toEqual([...failureCodes, 'test']);
    expect(runbook + readme).not.toContain('npx zoho-tokens');
  });
});
