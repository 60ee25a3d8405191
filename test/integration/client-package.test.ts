import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type InstalledProject, installProject } from '../package/installed-project.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let project: InstalledProject;
beforeAll(() => {
  project = installProject();
}, 120_000);
afterAll(() => project?.remove());

/** Runs a program in the project, and gives what it printed. */
function runInProject(name: string, text: string, variables: Record<string, string> = {}): string {
  writeFileSync(join(project.folder, name), text);
  return execFileSync(execPath, [name], {
    cwd: project.folder,
    encoding: 'utf8',
    env: { ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

describe('the tarball', () => {
  test('holds JavaScript, types, the bundle and the schema, and no source map, test or TypeScript but the chat function', () => {
    const { packed } = project;
    expect(packed).toContain('dist/package/client/index.js');
    expect(packed).toContain('dist/package/client/index.d.ts');
    expect(packed).toContain('dist/package/dist/lambda/index.mjs');
    expect(packed).toContain('connections.schema.json');
    const odd = packed.filter(
      (path) => /\.map$|\.test\.|(?<!\.d)\.ts$/.test(path) && !path.includes('infra/chat/'),
    );
    expect(odd).toEqual([]);
  });

  test('names no file of this machine', () => {
    for (const path of project.packed.filter((each) => /\.(m?js|d\.ts|json)$/.test(each))) {
      const text = readFileSync(join(project.folder, 'node_modules/zoho-token-refresher', path), 'utf8');
      expect(text.includes(root), path).toBe(false);
    }
  });

  test('has types of the reader that name no SDK, so that an app compiles with the clients that it has', () => {
    const types = project.packed.filter((path) => /^dist\/package\/client\/.*\.d\.ts$/.test(path));
    for (const path of types) {
      const text = readFileSync(join(project.folder, 'node_modules/zoho-token-refresher', path), 'utf8');
      expect(text, path).not.toMatch(/from '@aws-sdk/);
    }
  });

  test('passes publint', async () => {
    const pkgDir = join(project.folder, 'node_modules/zoho-token-refresher');
    const { messages } = await publint({ pkgDir, strict: true, pack: false });
    expect(messages).toEqual([]);
  });

  test('has types that are right for whoever imports it', async () => {
    const tarball = createPackageFromTarballData(readFileSync(project.tarball));
    const checked = await checkPackage(tarball, { excludeEntrypoints: ['./connections.schema.json'] });
    if (checked.types === false) throw new Error('found no types');
    // The package is ES modules alone: Node 10's resolution and require in old Node are not for it.
    const isForOthers = (problem: (typeof checked.problems)[number]) =>
      'resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind);
    expect(checked.problems.filter((problem) => !isForOthers(problem))).toEqual([]);
  });
});

describe('in an empty project', () => {
  test('makes the stack with the construct and the function code that came along', () => {
    cpSync(join(root, 'connections.json'), join(project.folder, 'connections.json'));
    const program = `
      import { readFileSync } from 'node:fs';
      import { App, Stack } from 'aws-cdk-lib';
      import { Template } from 'aws-cdk-lib/assertions';
      import { ZohoTokenRefresher } from 'zoho-token-refresher';
      const stack = new Stack(new App(), 'Stack');
      const zoho = new ZohoTokenRefresher(stack, 'Zoho', {
        connectionsJson: readFileSync('connections.json', 'utf8'),
        slackWorkspaceId: 'T0123ABCD',
        slackChannelId: 'C0123ABCD',
      });
      console.log(JSON.stringify([zoho.connections, Object.values(Template.fromStack(stack).toJSON().Resources).map(({ Type }) => Type)]));`;
    const [connections, types] = JSON.parse(runInProject('stack.mjs', program)) as [string[], string[]];
    expect(connections).toEqual(['salesiq', 'desk']);
    expect(types.filter((type) => type === 'AWS::SecretsManager::Secret')).toHaveLength(4);
    expect(types).toContain('AWS::Scheduler::Schedule');
  }, 60_000);

  test('makes a reader without loading the SDK; the first read loads the client for Secrets Manager alone', () => {
    const program = `
      import { registerHooks } from 'node:module';
      const loaded = new Set();
      registerHooks({
        resolve(name, context, next) {
          if (name.startsWith('@aws-sdk/client')) loaded.add(name);
          return next(name, context);
        },
      });
      const { createTokenReader, TokenUnavailableError } = await import('zoho-token-refresher/client');
      const reader = createTokenReader({ connection: 'desk', refresh: { functionName: 'zoho-token-refresher' } });
      const before = [...loaded];
      const fault = await reader.get().catch((fault) => fault);
      console.log(JSON.stringify([Object.keys(reader), before, [...loaded], fault instanceof TokenUnavailableError, fault.reason]));`;
    const variables = {
      AWS_REGION: 'ap-south-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      // Nobody listens there.
      AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:9',
    };
    expect(JSON.parse(runInProject('reader.mjs', program, variables))).toEqual([
      ['get', 'replace', 'expire', 'withToken'],
      [],
      ['@aws-sdk/client-secrets-manager'],
      true,
      'unreadable',
    ]);
  });

  test('compiles an app that uses it, with the checks of libraries on', () => {
    writeFileSync(
      join(project.folder, 'app.ts'),
      `import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
       import { createTokenReader, type ZohoToken } from 'zoho-token-refresher/client';
       const reader = createTokenReader({ connection: 'desk', client: new SecretsManagerClient({}) });
       export const status: Promise<number> = reader.withToken(async ({ baseUrl, headers }: ZohoToken) => (await fetch(baseUrl, { headers })).status);
       // @ts-expect-error: a reader is of a connection or of a secret
       createTokenReader({});`,
    );
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];
    const typeRoots = ['--typeRoots', join(root, 'node_modules/@types')];
    execFileSync(
      execPath,
      [join(root, 'node_modules/typescript/bin/tsc'), ...options, ...typeRoots, 'app.ts'],
      {
        cwd: project.folder,
        stdio: 'inherit',
      },
    );
  }, 60_000);

  test('starts the program for operators', () => {
    const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      bin: Record<string, string>;
    };
    expect(Object.keys(bin)).toEqual(['zoho-tokens']);
    const help = execFileSync(execPath, [join(project.folder, 'node_modules/.bin/zoho-tokens'), '--help'], {
      cwd: project.folder,
      encoding: 'utf8',
    });
    expect(help).toContain('zoho-tokens');
  });
});
