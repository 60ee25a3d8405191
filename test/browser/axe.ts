import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds on the page as it is: each rule with the elements that break it. */
export async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(source);
  const found = (await page.evaluate(
    'axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, targets: nodes.map(({ target }) => target.join(" ")) })))',
  )) as { id: string; impact: string; targets: string[] }[];
  return found.map(({ id, impact, targets }) => `${impact} ${id}: ${targets.slice(0, 5).join(', ')}`);
}
