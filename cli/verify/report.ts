import type { Paint } from '../terminal/paint.ts';
import type { Assumption, Part } from './assumption.ts';
import { assumptions } from './assumptions.ts';
import { breaksPromise, type Finding } from './finding.ts';

/** What is said of one assumption: its findings in one line. */
export type Line = {
  readonly id: string;
  readonly assumption: Assumption;
  readonly outcome: Finding['outcome'];
  readonly breaksPromise: boolean;
  readonly says: string;
};

/** Why a part of `verify` did not run. */
export type Missing = Readonly<Partial<Record<Part, string>>>;

const titles: Readonly<Record<Part | 'never', string>> = {
  reads: 'AWS, by reading',
  'app role': "Apps' roles",
  live: 'AWS, by trying (--live)',
  'dead man': 'A schedule that stops (--dead-man)',
  zoho: 'Zoho, by reading',
  never: 'Not tried by verify',
};

/** One line for each assumption, in the order of the table. */
export function linesOf(findings: readonly Finding[], missing: Missing): readonly Line[] {
  return [...assumptions].map(([id, assumption]) => {
    const own = findings.filter((finding) => finding.id === id);
    const differing = own.filter(({ outcome }) => outcome === 'differs');
    const good = own.filter(({ outcome }) => outcome === 'as documented');
    if (differing.length > 0) {
      return {
        id,
        assumption,
        outcome: 'differs',
        breaksPromise: own.some(breaksPromise),
        says: join(differing),
      };
    }
    if (good.length > 0) {
      const says = [...new Set(good.map(({ says: measured }) => measured))].filter((each) => each !== '');
      return { id, assumption, outcome: 'as documented', breaksPromise: false, says: says.join('; ') };
    }
    const { settled } = assumption;
    const why = typeof settled === 'string' ? (missing[settled] ?? 'nothing to try it on') : settled.not;
    const says = own.length > 0 ? join(own) : why;
    return { id, assumption, outcome: 'not tried', breaksPromise: false, says };
  });
}

function join(findings: readonly Finding[]): string {
  const texts = findings.map(({ says, where }) => (where === undefined ? says : `${says} (${where})`));
  return [...new Set(texts)].join('; ');
}

/** The lines for people, grouped, with a summary at the end. */
export function renderLines(lines: readonly Line[], paint: Paint): string[] {
  const groups = Object.entries(titles).map(([part, title]) => {
    const own = lines.filter(
      ({ assumption: { settled } }) => (typeof settled === 'string' ? settled : 'never') === part,
    );
    return [title, ...own.map((line) => `  ${renderLine(line, paint)}`)];
  });
  return [...groups.filter((group) => group.length > 1).flat(), summary(lines, paint)];
}

function renderLine(
  { id, assumption: { says: claim, promise }, outcome, breaksPromise: breaks, says }: Line,
  paint: Paint,
): string {
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
