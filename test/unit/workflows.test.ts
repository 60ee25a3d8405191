import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

describe('the workflow', () => {
  const read = (file: string) => readFileSync(join('.github/workflows', file), 'utf8');

  test.each(readdirSync('.github/workflows'))(
    '%s uses actions by their full commit hash, holds no long-lived key and asks for no needless right',
    (file) => {
      for (const [, reference] of read(file).matchAll(/uses: (\S+)/g))
        expect(reference).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$|^\.\/\.github\/workflows\/test\.yml$/);
      expect(read(file)).not.toMatch(/secrets\.|aws-access-key|AKIA/i);
      expect(read(file)).toMatch(/^permissions:\n {2}contents: read\n/m);
      expect(read(file)).not.toMatch(/write-all|contents: write/);
    },
  );

  test('that deploys runs from the main branch alone, takes the stage alone, and waits for no audit', () => {
    const deploy = read('deploy.yml');
    const [, ...jobs] = deploy.slice(deploy.indexOf('\njobs:')).split(/\n {2}(?=\w+:\n)/);
    expect(jobs).toHaveLength(2);
    for (const job of jobs) expect(job).toContain("if: github.ref == 'refs/heads/main'");
    const options = [...deploy.matchAll(/(?:-c|--context) "?(\w+)=/g)].map(([, option]) => option);
    expect(options).toEqual(['stage', 'stage']);
    expect(deploy).not.toMatch(/ALERT_EMAILS/);
    for (const file of ['deploy.yml', 'test.yml']) expect(read(file)).not.toMatch(/npm (run )?audit/);
  });
});
