import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { onlyStageName } from '../../../local/only-stage.ts';
import { newFolder } from '../../support/new-folder.ts';

const team = { alert_emails: ['team@acme.io'] };

test.each<[how: string, text: string | undefined, name: string | undefined]>([
  ['the only stage is named', JSON.stringify({ stages: { staging: team } }), 'staging'],
  ['none of several is', JSON.stringify({ stages: { production: team, staging: team } }), undefined],
  ['none is without the file', undefined, undefined],
  ['none is while the file has a fault', '{"stages":{"production":{"regin":"x"}}}', undefined],
])('alerts of npm start name the stage that they can: %s', (_how, text, name) => {
  const folder = newFolder();
  if (text !== undefined) writeFileSync(join(folder, 'deployment.json'), text);
  expect(onlyStageName(folder)).toBe(name);
});
