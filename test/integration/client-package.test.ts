import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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

/** Compiles a program in the project as a careful user does: strictly, and with the checks of libraries on. */
function compileInProject(name: string, text: string): void {
  writeFileSync(join(project.folder, name), text);
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];
  const typeRoots = ['--typeRoots', join(root, 'node_modules/@types')];
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(execPath, [compiler, ...options, ...typeRoots, name], {
    cwd: project.folder,
    stdio: 'inherit',
  });
}

describe('the tarball', () => {
  test('holds JavaScript, types, both bundles and the schema, and no source map, test or TypeScript', () => {
    const { packed } = project;
    expect(packed).toContain('dist/package/client/index.js');
    expect(packed).toContain('dist/package/client/index.d.ts');
    expect(packed).toContain('dist/package/dist/lambda/index.mjs');
    expect(packed).toContain('dist/package/dist/chat/index.mjs');
    expect(packed).toEqual(expect.arrayContaining(['connections.schema.json', 'deployment.schema.json']));
    expect(packed.filter((path) => /\.map$|\.test\.|(?<!\.d)\.ts$/.test(path))).toEqual([]);
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
    const checked = await checkPackage(tarball, {
      excludeEntrypoints: ['./connections.schema.json', './deployment.schema.json'],
    });
    if (checked.types === false) throw new Error('found no types');
    // The package is ES modules alone: Node 10's resolution and require in old Node are not for it.
    const isForOthers = (problem: (typeof checked.problems)[number]) =>
      'resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind);
    expect(checked.problems.filter((problem) => !isForOthers(problem))).toEqual([]);
  });
});

describe('in an empty project', () => {
  test('makes the stack with the function code that came along, also that of a chat channel, and without esbuild', () => {
    cpSync(join(root, 'connections.json'), join(project.folder, 'connections.json'));
    const program = `
      import { readFileSync } from 'node:fs';
      import { createRequire } from 'node:module';
      import { join } from 'node:path';
      import { pathToFileURL } from 'node:url';
      import { App, Stack } from 'aws-cdk-lib';
      import { ZohoTokenRefresher } from 'zoho-token-refresher';
      const { resolve } = createRequire(import.meta.resolve('zoho-token-refresher'));
      let hasEsbuild = true;
      try {
        resolve('esbuild');
      } catch {
        hasEsbuild = false;
      }
      const app = new App();
      const stack = new Stack(app, 'Stack');
      const zoho = new ZohoTokenRefresher(stack, 'Zoho', {
        connectionsJson: readFileSync('connections.json', 'utf8'),
        slackWorkspaceId: 'T0123ABCD',
        slackChannelId: 'C0123ABCD',
      });
      const assembly = app.synth();
      const resources = Object.values(assembly.getStackArtifact(stack.artifactId).template.Resources);
      process.env.AWS_REGION = 'ap-south-1';
      const handlers = [];
      for (const { Type, Properties } of resources) {
        if (Type !== 'AWS::Lambda::Function') continue;
        const folder = join(assembly.directory, 'asset.' + Properties.Code.S3Key.replace('.zip', ''));
        const { handler } = await import(pathToFileURL(join(folder, 'index.mjs')).href);
        handlers.push([Properties.Handler, typeof handler]);
      }
      console.log(JSON.stringify({ hasEsbuild, connections: zoho.connections, types: resources.map(({ Type }) => Type), handlers }));`;
    const { types, ...made } = JSON.parse(runInProject('stack.mjs', program)) as { types: string[] };
    expect(made).toEqual({
      hasEsbuild: false,
      connections: ['salesiq', 'desk'],
      handlers: [
        ['index.handler', 'function'],
        ['index.handler', 'function'],
      ],
    });
    expect(types.filter((type) => type === 'AWS::SecretsManager::Secret')).toHaveLength(4);
    expect(types).toContain('AWS::Scheduler::Schedule');
    expect(types).toContain('AWS::Chatbot::SlackChannelConfiguration');
  }, 60_000);

  test('compiles a stack that names the type of the props', () => {
    compileInProject(
      'stack.ts',
      `import { readFileSync } from 'node:fs';
       import { App, Duration, Stack, type StackProps } from 'aws-cdk-lib';
       import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
       import { ZohoTokenRefresher, type ZohoTokenRefresherProps } from 'zoho-token-refresher';
       const common: Omit<ZohoTokenRefresherProps, 'connectionsJson'> = { probeInterval: Duration.minutes(30), alertEmails: ['a@example.com'] };
       class TokenStack extends Stack {
         constructor(scope: App, id: string, props: StackProps & { readonly zoho: ZohoTokenRefresherProps }) {
           super(scope, id, props);
           const zoho = new ZohoTokenRefresher(this, 'Zoho', props.zoho);
           zoho.grantReadToken('desk', new Role(this, 'App', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }));
         }
       }
       new TokenStack(new App(), 'Tokens', { zoho: { ...common, connectionsJson: readFileSync('connections.json', 'utf8') } });
       // @ts-expect-error: the connections have no default
       export const incomplete: ZohoTokenRefresherProps = common;`,
    );
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
    compileInProject(
      'app.ts',
      `import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
       import { createTokenReader, type ZohoToken } from 'zoho-token-refresher/client';
       const reader = createTokenReader({ connection: 'desk', client: new SecretsManagerClient({}) });
       export const status: Promise<number> = reader.withToken(async ({ baseUrl, headers }: ZohoToken) => (await fetch(baseUrl, { headers })).status);
       // @ts-expect-error: a reader is of a connection or of a secret
       createTokenReader({});`,
    );
  }, 60_000);

  test('starts the program for operators', () => {
    const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      bin: Record<string, string>;
    };
    expect(Object.keys(bin)).toEqual(['zoho-tokens']);
    const { stdout } = runProgram(project.folder, ['--help']);
    expect(stdout).toContain('zoho-tokens');
    expect(stdout).toMatch(/--connections <file> +read instead of connections\.json of the working folder/);
    expect(runProgram(project.folder, ['help', 'status']).stdout).toContain('--watch');
  });

  test('the program works on connections.json of the working folder, or on the file that is named', () => {
    const folder = join(project.folder, 'operator');
    mkdirSync(folder);
    writeFileSync(join(folder, '.env'), '');
    expect(runProgram(folder, ['doctor', '.env'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(`cannot read ${join(folder, 'connections.json')}: ENOENT`),
    });

    const text = readFileSync(join(root, 'connections.json'), 'utf8');
    writeFileSync(join(folder, 'connections.json'), text.replace('"name": "desk"', '"name": "desk-here"'));
    expect(runProgram(folder, ['doctor', '.env']).stdout).toContain('connection desk-here');

    writeFileSync(join(folder, 'other.json'), text.replace('"name": "desk"', '"name": "desk-there"'));
    expect(runProgram(folder, ['doctor', '.env', '--connections', 'other.json']).stdout).toContain(
      'connection desk-there',
    );
  });
});

/** Runs the installed `zoho-tokens` in a folder of the project. */
function runProgram(cwd: string, rawArguments: string[]) {
  const program = join(project.folder, 'node_modules/.bin/zoho-tokens');
  return spawnSync(execPath, [program, ...rawArguments], { cwd, encoding: 'utf8', env: {} });
}
