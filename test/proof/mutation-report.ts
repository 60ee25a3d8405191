import { readFileSync } from 'node:fs';
import { stdout } from 'node:process';
import { renderTable, writeSection } from '../simulation/document.ts';

/** What of Stryker's report is needed here. */
type Report = {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly mutants: readonly {
          readonly status: string;
          readonly mutatorName: string;
          readonly replacement?: string;
          readonly location: { readonly start: { readonly line: number } };
        }[];
      }
    >
  >;
};

/** Where Stryker writes what it found. */
export const reportFile = new URL('../../dist/mutation.json', import.meta.url);

const noticed = new Set(['Killed', 'Timeout']);
const counted = new Set([...noticed, 'Survived', 'NoCoverage']);

/** The least score, in percent. */
const enough = 90;

/** Writes the score per file and every survivor into `docs/reliability.md`; the exit code. */
export function writeMutationReport(): number {
  const { files } = JSON.parse(readFileSync(reportFile, 'utf8')) as Report;
  let [allNoticed, all] = [0, 0];
  const survivors: string[] = [];
  const rows = Object.entries(files).map(([name, { mutants }]) => {
    const own = mutants.filter(({ status }) => counted.has(status));
    const killed = own.filter(({ status }) => noticed.has(status)).length;
    allNoticed += killed;
    all += own.length;
    for (const { status, mutatorName, replacement = '', location } of own) {
      if (noticed.has(status)) continue;
      const shown = replacement.replace(/\s+/g, ' ').replaceAll('|', '\\|').slice(0, 60);
      survivors.push(`- \`${name}:${location.start.line}\` ${mutatorName}: \`${shown || '(nothing)'}\``);
    }
    return [`\`${name}\``, own.length, killed, percent(killed, own.length)];
  });
  const sum = `${all} changes, ${allNoticed} noticed: ${percent(allNoticed, all)} %. \`npm run mutate\``;
  stdout.write(`${sum}\n`);
  const table = renderTable(['file', 'changes', 'noticed', '%'], rows);
  const list = `<details><summary>${survivors.length} that no test noticed</summary>\n\n${survivors.join('\n')}\n\n</details>`;
  writeSection('mutation', `${sum}\n\n${table}\n\n${list}`);
  return percent(allNoticed, all) >= enough ? 0 : 1;
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.round((1_000 * part) / whole) / 10;
}
