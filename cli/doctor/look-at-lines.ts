import type { EnvFile } from '../env-file/env-file.ts';
import type { LineOddity } from '../env-file/parse-env-lines.ts';
import type { Finding } from './finding.ts';

/** What each oddity does, and how it ends. */
const oddities = {
  spaces: { problem: 'has spaces around the key or the value', fix: 'write KEY=value without spaces' },
  quotes: {
    problem: 'has quotes around the value: some programs take them as a part of it',
    fix: 'take the quotes away; no value of Zoho has any',
  },
  'unbalanced quote': {
    problem: 'has a quote on one side of the value',
    fix: 'take the quote away',
  },
  'stray =': { problem: 'has a stray = at an end of the value', fix: 'keep one = between key and value' },
  'comment behind the value': {
    problem: 'has a comment behind the value: some programs take it as a part of it',
    fix: 'put the comment on a line of its own',
  },
  'invisible character': {
    problem: 'has an invisible character, as copying from a web page brings along',
    fix: 'type the line again',
  },
  'space inside': {
    problem: 'has a space inside the value',
    fix: 'copy the value again, whole and in one piece',
  },
} as const satisfies Record<LineOddity, { problem: string; fix: string }>;

/** Finds what is written wrong, whatever it says: quotes, spaces, stray signs. */
export function lookAtLines(file: EnvFile, isOurs: (key: string) => boolean): Finding[] {
  const odd = file.assignments
    .filter(({ key }) => isOurs(key))
    .flatMap(({ line, key, oddities: found }) =>
      found.map(
        (oddity): Finding => ({
          where: file.name,
          line,
          key,
          severity: 'error',
          ...oddities[oddity],
          blocks: [],
        }),
      ),
    );
  const strays = file.strays.map(
    (line): Finding => ({
      where: file.name,
      line,
      key: null,
      severity: 'error',
      problem: 'is neither KEY=value nor a comment: a value that was broken over two lines?',
      fix: 'join it with the line above, or take it away',
      blocks: [],
    }),
  );
  return [...odd, ...strays];
}
