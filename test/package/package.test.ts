import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodes, openWorkshop, root, type Workshop } from './projects.ts';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop?.remove());

const connectionsJson = readFileSync(join(root, 'connections.json'), 'utf8');

/** A stack as the documentation shows it, and a reader; both kinds of import are put before it. */
const stack = `
export class TokenStack extends Stack {
  constructor(scope: App, id: string) {
    super(scope, id);
    const zoho = new ZohoTokenRefresher(this, 'Zoho', {
      connectionsJson: readFileSync('connections.json', 'utf8'),
      alertEmails: ['on-call@acme.io'],
    });
    zoho.grantReadToken('desk', new Role(this, 'App', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }));
  }
}
export const reader: TokenReader = createTokenReader({ connection: 'desk' });
export const status = (): Promise<number> =>
  reader.withToken(async ({ baseUrl, headers }: ZohoToken) => (await fetch(baseUrl, { headers })).status);
// @ts-expect-error: a reader is of a connection or of a secret
export const wrong = () => createTokenReader({});
`;
const imports = `
import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ZohoTokenRefresher } from 'zoho-token-refresher';
import { createTokenReader, type TokenReader, type ZohoToken } from 'zoho-token-refresher/client';
`;
const appTs = `
import { App } from 'aws-cdk-lib';
import { TokenStack } from '../lib/token-stack';
console.log(new TokenStack(new App(), 'Tokens').stackName);
`;
const jestTest = `
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { TokenUnavailableError } from 'zoho-token-refresher/client';
import { reader, TokenStack } from '../lib/token-stack';
test('the stack has its function and secrets', () => {
  const template = Template.fromStack(new TokenStack(new App(), 'Tokens'));
  template.resourceCountIs('AWS::SecretsManager::Secret', ${2 * (JSON.parse(connectionsJson) as { connections: unknown[] }).connections.length});
});
test('the reader says why there is no token', async () => {
  await expect(reader.get()).rejects.toThrow(TokenUnavailableError);
  await expect(reader.get()).rejects.toThrow('Region is missing');
});
`;
/** Plain JavaScript, the same for require and import: synthesizes, and reads. */
const script = `
const app = new App();
const stack = new Stack(app, 'Tokens');
new ZohoTokenRefresher(stack, 'Zoho', { connectionsJson: readFileSync('connections.json', 'utf8'), alertEmails: ['on-call@acme.io'] });
const types = Object.values(app.synth().getStackArtifact(stack.artifactId).template.Resources).map(({ Type }) => Type);
createTokenReader({ connection: 'desk', refresh: { functionName: 'refresher' } }).get().catch((fault) => {
  console.log(types.includes('AWS::Scheduler::Schedule'), fault instanceof TokenUnavailableError, fault.message);
});
`;
const names: readonly [names: string, from: string][] = [
  ['{ readFileSync }', 'node:fs'],
  ['{ App, Stack }', 'aws-cdk-lib'],
  ['{ ZohoTokenRefresher }', 'zoho-token-refresher'],
  ['{ createTokenReader, TokenUnavailableError }', 'zoho-token-refresher/client'],
];
const commonJs = names.map(([what, from]) => `const ${what} = require('${from}');\n`).join('') + script;
const esModule = names.map(([what, from]) => `import ${what} from '${from}';\n`).join('') + script;
const said = /^true true no living Zoho token for zoho\/desk\/token: .* Region is missing/;

const noCredentials = 'no AWS credentials are found';
/** Every command, and what it says of its own on a machine without stand-ins, credentials and terminal. */
const commands: readonly [command: string, status: number, words: RegExp | string][] = [
  ['--help', 0, /authorize[\s\S]*doctor|doctor[\s\S]*authorize/],
  ['status', 1, 'no AWS Region is set'],
  ['status --region eu-west-1', 1, noCredentials],
  ['status --local', 1, 'no local store is running'],
  ['check --region eu-west-1', 1, noCredentials],
  ['refresh desk --region eu-west-1', 1, noCredentials],
  ['env --region eu-west-1', 1, noCredentials],
  ['test-alert --region eu-west-1', 1, noCredentials],
  ['authorize desk --region eu-west-1', 1, noCredentials],
  ['import empty.env --region eu-west-1', 1, /./],
  ['doctor empty.env', 1, 'connection desk'],
  ['nothing', 2, 'nothing'],
];

async function expectCommands(node: string, project: string, runner: readonly [string, ...string[]]): Promise<void> {
  for (const [line, status, words] of commands) {
    const ended = await workshop.run(node, project, ...runner, 'zoho-tokens', ...line.split(' '));
    const all = `${ended.stdout}${ended.stderr}`;
    expect.soft(all, line).toMatch(words);
    expect.soft(all, line).not.toMatch(/fault of zoho-tokens itself|unexpected|at file:/);
    expect.soft(ended.status, `${line}: ${all}`).toBe(status);
  }
}

const files = { 'package.json': { private: true }, 'connections.json': connectionsJson, 'empty.env': '' };

describe('the tarball', () => {
  test('holds JavaScript, types, both bundles, the Python reader and the schema, and no other source', () => {
    const needed = ['client/index.js', 'client/index.d.ts', 'dist/lambda/index.mjs', 'dist/chat/index.mjs']
      .map((path) => `dist/package/${path}`)
      .concat('client/python/zoho_tokens.py', 'connections.schema.json');
    expect(workshop.packed).toEqual(expect.arrayContaining(needed));
    const others = workshop.packed.filter((path) => /\.map$|\.test\.|(?<!\.d)\.m?ts$/.test(path));
    expect(others).toEqual([]);
  });

  test('has types of the reader that name no SDK, so that an app compiles with the clients that it has', () => {
    for (const path of workshop.packed.filter((each) => /^dist\/package\/client\/.*\.d\.ts$/.test(each))) {
      expect(readFileSync(join(root, path), 'utf8'), path).not.toMatch(/from '@aws-sdk/);
    }
  });

  test('passes publint and attw, for every way of resolving', async () => {
    const { messages } = await publint({
      strict: true,
      pack: { tarball: new Uint8Array(readFileSync(workshop.tarball)).buffer },
    });
    expect(messages).toEqual([]);
    const checked = await checkPackage(createPackageFromTarballData(readFileSync(workshop.tarball)), {
      excludeEntrypoints: ['./connections.schema.json'],
    });
    expect(checked.types === false ? 'no types' : checked.problems).toEqual([]);
  });
});

describe('a CDK app as `cdk init` makes it: CommonJS, jest, tsx', () => {
  let project: string;
  beforeAll(async () => {
    project = workshop.makeProject('app', {});
    const cdkInit = [join(root, 'node_modules/aws-cdk/bin/cdk'), 'init', 'app', '--language', 'typescript'];
    await workshop.say('24', project, process.execPath, ...cdkInit, '--generate-only');
    workshop.makeProject('app', {
      'connections.json': connectionsJson,
      'lib/token-stack.ts': `${imports}${stack}`,
      'test/tokens.test.ts': jestTest,
      'bin/app.ts': appTs,
    });
    await workshop.install(project);
  });

  test.each(nodes)('compiles, passes its tests and synthesizes on Node %s', async (node) => {
    for (const command of [['tsc'], ['jest'], ['cdk', 'synth', '--quiet']])
      await workshop.say(node, project, 'npx', '--no-install', ...command);
    expect(existsSync(join(project, 'cdk.out/Tokens.template.json'))).toBe(true);
  });
});

describe('a CommonJS project with ts-node', () => {
  let project: string;
  beforeAll(async () => {
    project = workshop.makeProject('commonjs', {
      ...files,
      'tsconfig.json': { compilerOptions: { target: 'es2022', module: 'commonjs' } },
      'index.js': commonJs,
      'lib/token-stack.ts': `${imports}${stack}`,
      'bin/app.ts': appTs,
    });
    const tools = ['typescript@5.9.3', 'ts-node@10', '@types/node@22'];
    await workshop.install(project, 'aws-cdk-lib', 'constructs', ...tools);
  });

  test.each(nodes)('requires, and runs under ts-node on Node %s', async (node) => {
    expect(await workshop.say(node, project, 'node', 'index.js')).toMatch(said);
    expect(await workshop.say(node, project, 'npx', '--no-install', 'ts-node', '-T', 'bin/app.ts')).toBe('Tokens\n');
  });

  test.each([
    ['5.4.5', 'commonjs', 'node10'],
    ['5.4.5', 'nodenext', 'nodenext'],
    ['5.4.5', 'esnext', 'bundler'],
    ['5.9.3', 'commonjs', 'node10'],
    ['5.9.3', 'nodenext', 'nodenext'],
  ])('compiles with TypeScript %s, module %s, moduleResolution %s', async (version, module, resolution) => {
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--types', 'node'];
    const compiler = ['--yes', '-p', `typescript@${version}`, 'tsc', ...options];
    const how = ['--module', module, '--moduleResolution', resolution, 'bin/app.ts'];
    await workshop.say('24', project, 'npx', ...compiler, ...how);
  });
});

describe('a pnpm project, with CommonJS and ES modules', () => {
  let project: string;
  beforeAll(async () => {
    project = workshop.makeProject('pnpm', {
      ...files,
      'index.js': commonJs,
      'index.mjs': esModule,
      'both.mjs': `
import { createRequire } from 'node:module';
import { TokenUnavailableError } from 'zoho-token-refresher/client';
console.log(TokenUnavailableError === createRequire(import.meta.url)('zoho-token-refresher/client').TokenUnavailableError);`,
    });
    await workshop.say('24', project, 'pnpm', 'add', workshop.tarball, 'aws-cdk-lib', 'constructs');
  });

  test.each(nodes)(
    'requires, imports, one copy for both, and every command says its own thing on Node %s',
    async (node) => {
      expect(await workshop.say(node, project, 'node', 'index.js')).toMatch(said);
      expect(await workshop.say(node, project, 'node', 'index.mjs')).toMatch(said);
      expect(await workshop.say(node, project, 'node', 'both.mjs')).toBe('true\n');
      await expectCommands(node, project, ['pnpm', 'exec']);
    },
  );
});

describe('a project with the tarball alone', () => {
  let project: string;
  beforeAll(async () => {
    project = workshop.makeProject('service', {
      ...files,
      'ask.js': `
const { createTokenReader } = require('zoho-token-refresher/client');
const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
const SecretString = JSON.stringify({ connection: 'desk', service: 'desk', access_token: 'made-up', base_url: '', issued_at: new Date().toISOString(), expires_at: expiresAt });
const reader = createTokenReader({ connection: 'desk', client: { send: async () => ({ SecretString }) }, refresh: { functionName: 'refresher' } });
reader.withToken(async () => ({ status: 401 })).catch((fault) => console.log(fault.message));`,
    });
    await workshop.install(project);
  });

  test('has no CDK and no tool of ours in it', () => {
    for (const name of ['aws-cdk-lib', 'esbuild', 'typescript']) {
      expect(existsSync(join(project, 'node_modules', name)), name).toBe(false);
    }
  });

  test.each(nodes)('every command says its own thing on Node %s', async (node) => {
    await expectCommands(node, project, ['npx', '--no-install']);
  });

  test('the reader asks for a missing SDK by the line that installs it', async () => {
    expect(await workshop.say('24', project, 'node', 'ask.js')).toContain('npm install @aws-sdk/client-lambda');
  });
});
