import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { readConnections } from '../../lambda/connections/read-connections.ts';
import { serviceNames, services } from '../../lambda/zoho/services.ts';

describe('every link of the documentation leads somewhere', () => {
  it.each(globSync(['*.md', 'docs/**/*.md']))('%s', (document) => {
    const targets = [...readFileSync(document, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const broken = targets.filter((target) => !/^https?:/.test(target) && !leadsSomewhere(document, target));
    expect(broken).toEqual([]);
  });
});

function leadsSomewhere(document: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? document : join(dirname(document), path);
  if (!existsSync(file)) return false;
  if (anchor === undefined) return true;
  // Headings as the places that hosts of repositories make links to.
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => text.toLowerCase());
  return headings.some((text) => text.replace(/[^\w\s-]/g, '').replace(/\s/g, '-') === anchor);
}

it('the README lists every script of package.json', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  // Those that npm runs by itself before another, or before it packs.
  const named = Object.keys(scripts).filter((name) => !name.startsWith('pre'));
  const readme = readFileSync('README.md', 'utf8');
  for (const name of named) expect(readme).toMatch(new RegExp(`\\| \`(npm|npx --no-install|npx) (run )?${name}[\` ]`));
});

describe('docs/connections.md', () => {
  const document = readFileSync('docs/connections.md', 'utf8');

  it('has an example that the schema accepts, as it does the file of this repository', () => {
    const schema = JSON.parse(readFileSync('connections.schema.json', 'utf8')) as object;
    const fitsSchema = new Ajv({ strict: false }).compile(schema);
    const example = /```json\n(.*?)```/s.exec(document)?.[1] ?? '';
    for (const text of [readFileSync('connections.json', 'utf8'), example]) {
      expect(fitsSchema(JSON.parse(text))).toBe(true);
      expect(readConnections(text).connections).toHaveLength(3);
    }
  });

  it.each(serviceNames)('says what the room of %s says', (name) => {
    const row = document.split('\n').find((line) => line.startsWith(`| ${name} |`));
    const [, , hosts, settings = '', prefix] = row?.split('|') ?? [];
    const room = services[name];
    expect(hosts?.trim().split(' ').toSorted()).toEqual(Object.keys(room.hosts).toSorted());
    expect(settings.match(/\w+(?=`)/g) ?? []).toEqual(Object.keys(room.settings.entries));
    expect(prefix?.trim()).toBe(`\`${room.defaultTokenPrefix}\``);
  });
});
