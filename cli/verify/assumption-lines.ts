import type { Paint } from '../terminal.ts';
import type { Part } from './assumption.ts';
import { assumptions } from './assumptions.ts';
import type { Finding, Findings } from './attempt.ts';

/** What is said of one assumption. */
export type Line = ReturnType<typeof linesOf>[number];

export type Missing = Readonly<Partial<Record<Part, string>>>;

const titles: Readonly<Record<Part | 'never', string>> = {
  reads: 'AWS, by reading',
  'app role': "Apps' roles",
  live: 'AWS, by trying (--live)',
  'dead man': 'A schedule that stops (--dead-man)',
  zoho: 'Zoho, by reading',
  never: 'Not tried by verify',
};

export function linesOf(findings: Findings, missing: Missing) {
  return [...assumptions].map(([id, assumption]) => {
    const own = findings.filter((finding) => finding.id === id);
    const by = Object.groupBy(own, ({ outcome }) => outcome);
    const { differs: different = [], 'as documented': good = [], 'not tried': untried = [] } = by;
    const isSerious = different.some(({ isHarmless }) => isHarmless !== true);
    const line = { id, assumption, breaksPromise: isSerious && assumption.promise !== undefined };
    const rest = untried.length > 0 ? `; not tried: ${join(untried)}` : '';
    if (different.length > 0) return { ...line, outcome: 'differs' as const, says: `${join(different)}${rest}` };
    const { settled } = assumption;
    // Zoho is the same for every connection: one answer settles it. Of an account each part has to be seen.
    if (good.length > 0 && (untried.length === 0 || settled === 'zoho')) {
      const says = [...new Set(good.map(({ says: measured }) => measured))].filter((each) => each !== '');
      return { ...line, outcome: 'as documented' as const, says: `${says.join('; ')}${rest}`.replace(/^; /, '') };
    }
    const why = typeof settled === 'string' ? (missing[settled] ?? 'nothing to try it on') : settled.not;
    const others = good.length > 0 ? `; ${good.length} of ${own.length} as documented` : '';
    return { ...line, outcome: 'not tried' as const, says: own.length > 0 ? `${join(untried)}${others}` : why };
  });
}

function join(findings: Findings): string {
  const texts = findings.map(({ says, where }) => (where === undefined ? says : `${says} (${where})`));
  return [...new Set(texts)].join('; ');
}

export function renderLines(lines: readonly Line[], paint: Paint): string[] {
  const groups = Object.entries(titles).map(([part, title]) => {
    const partOf = ({ assumption: { settled } }: Line) => (typeof settled === 'string' ? settled : 'never');
    const own = lines.filter((line) => partOf(line) === part);
    return [title, ...own.map((line) => `  ${renderLine(line, paint)}`)];
  });
  return [...groups.filter((group) => group.length > 1).flat(), summary(lines, paint)];
}

function renderLine({ id, assumption, outcome, breaksPromise: breaks, says }: Line, paint: Paint): string {
  const { says: claim, promise } = assumption;
  if (outcome === 'as documented') return `${paint.good('✓')} ${claim}${says === '' ? '' : ` (${says})`}`;
  if (outcome === 'not tried') return paint.dim(`– ${claim}: not tried, ${says}`);
  const promised = breaks ? `; promise ${promise} of the README rests on it` : '; no promise rests on it';
  return `${paint.bad('✗')} ${claim}: ${says}${promised} [${id}]`;
}

function summary(lines: readonly Line[], paint: Paint): string {
  const count = (outcome: Finding['outcome']) => lines.filter((line) => line.outcome === outcome).length;
  const broken = lines.filter((line) => line.breaksPromise).length;
  const text = `${lines.length} assumptions: ${count('as documented')} as documented, ${count('differs')} differ (${broken} that a promise rests on), ${count('not tried')} not tried`;
  return broken === 0 ? paint.good(`✓ ${text}`) : paint.bad(`✗ ${text}`);
}
