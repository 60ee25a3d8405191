import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const document = new URL('../../docs/security.md', import.meta.url);
const text = readFileSync(document, 'utf8');

/** The rows of the table of threats: who, wants, what stops them, shown by. */
const rows = text
  .slice(text.indexOf('## Threats'), text.indexOf('## What is accepted'))
  .split('\n')
  .filter((line) => /^\| (?!who \||-)/.test(line))
  .map((line) => line.slice(2, -2).split(' | '));

/** A link to a test with the titles that stand behind it: `[name](../test/x.test.ts): "one", "other"`. */
const citation = /\[[^\]]*\]\(([^)#]+\.test\.ts)\)(?:: ("[^"]+"(?:, "[^"]+")*))?/g;

/** Whether a string of a test begins or ends with the title: one of its own, or the name of a row of `each`. */
function isTitled(source: string, title: string): boolean {
  return ["'", '"', '`'].some((quote) => source.includes(quote + title) || source.includes(title + quote));
}

describe('the threat model', () => {
  it('names, for every claim, a test by its file and its title', () => {
    expect(rows.length).toBeGreaterThan(10);
    for (const [who = '', , , shownBy = ''] of rows) {
      const named = [...shownBy.matchAll(citation)].filter(([, , titles]) => titles !== undefined);
      expect(named.length, who).toBeGreaterThan(0);
    }
  });

  it('cites titles that stand in the tests it links', () => {
    for (const [, file = '', titles = ''] of text.matchAll(citation)) {
      const source = readFileSync(new URL(file, document), 'utf8');
      for (const [, title = ''] of titles.matchAll(/"([^"]+)"/g))
        expect(isTitled(source, title), `${file}: ${title}`).toBe(true);
    }
  });
});
