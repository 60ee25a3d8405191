import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as baseTest, expect, onTestFinished } from 'vitest';
import { readLocalStore } from '../../../cli/place/local-store-file.ts';
import { offerStage } from '../../../local/offer-stage.ts';
import type { Planting } from '../../../local/zoho/levers.ts';
import { freePort } from '../free-port.ts';
import { type Answer, type Ran, runInside } from '../run-cli-inside.ts';
import { searchForSecrets, secretsHeldBy } from '../secrets-search.ts';
import { connectionsText, setBareStage } from '../stage.ts';
import { type DialogStep, runInTerminal, startProgram, type TerminalRan } from './start-program.ts';

/** The shipped connections, that of the visitor with the scopes of an operator. */
export function withVisitor(): string {
  const file = JSON.parse(connectionsText()) as { connections: Record<string, unknown>[] };
  const visitor = file.connections.find(({ name }) => name === 'salesiq-visitor');
  Object.assign(visitor ?? {}, {
    required_scopes: ['SalesIQ.conversations.CREATE', 'SalesIQ.apps.READ', 'SalesIQ.departments.READ'],
    optional_scopes: ['SalesIQ.conversations.UPDATE'],
  });
  return JSON.stringify(file);
}

/** The key of a field of a connection's credentials in an `.env`. */
export const envKey = (name: string, field: string) => `${name}_${field}`.toUpperCase().replaceAll('-', '_');

export type CliStage = Awaited<ReturnType<typeof openCliStage>>;

/**
 * The whole system on loopback, offered to the real program, for one test.
 *
 * When the test ends, everything that the program has said is searched for every secret that was planted, stored or
 * typed, and for the tokens that Zoho issued, in pieces of 12.
 *
 * @param options - `hasCredentials`: whether every connection has its consent already.
 */
export async function openCliStage(options: { connectionsText?: string; hasCredentials?: boolean } = {}) {
  const { connectionsText: connectionsJson = connectionsText(), hasCredentials = true } = options;
  const stage = await setBareStage({ connectionsText: connectionsJson, ignoresClocks: true });
  const { zoho, secretsManager, secretPrefix, connections } = stage;
  const secretsOf = (kind: string) => connections.map(({ name }) => `${secretPrefix}/${name}/${kind}`);
  for (const secretId of hasCredentials ? [] : secretsOf('credentials')) {
    secretsManager.remove(secretId);
    secretsManager.createSecret(secretId);
  }
  const folder = mkdtempSync(join(tmpdir(), 'zoho-tokens-test-'));
  const callbackPort = await freePort();
  const store = join(folder, 'private', 'store.json');
  const offered = await offerStage(stage, { file: store, callbackPort });
  writeFileSync(join(folder, 'connections.json'), connectionsJson);
  const production = { alert_emails: ['on-call@acme.io'] };
  writeFileSync(join(folder, 'deployment.json'), JSON.stringify({ stages: { production } }));
  const variables = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    AWS_EC2_METADATA_DISABLED: 'true',
    ZOHO_TOKENS_LOCAL_STORE: store,
  };
  const said: string[] = [];
  const practice = Object.values(readLocalStore(store).practiceClients);
  const secrets = new Set<string>(practice.map(({ client_secret }) => client_secret));

  const cli = {
    ...stage,
    stage,
    folder,
    store,
    callbackPort,
    /** Has `authorize` wait for the browser's answer there, and open none itself. */
    withoutBrowser: ['--no-browser', '--port', `${callbackPort}`],
    variables,
    /** Variables that lead the program to the stand-ins as to an AWS account and to Zoho. */
    account: { ...offered.variables, ZOHO_ENDPOINT_URL: zoho.url },
    /** Makes a file in the working folder. */
    write(name: string, text: string): string {
      writeFileSync(join(folder, name), text);
      return name;
    },
    read: (name: string) => readFileSync(join(folder, name), 'utf8'),
    /** Runs the program on the local store; its output must not hold any secret. */
    run: (rawArguments: readonly string[], input = ''): Promise<Ran> =>
      cli.runElsewhere([...rawArguments, '--local'], {}, input),
    /** The same in a process of its own: for signals, and for what a process starts. */
    startProcess(rawArguments: readonly string[], input = '', more: Record<string, string> = {}) {
      const where = { folder, variables: { ...variables, ...more } };
      const running = startProgram([...rawArguments, '--local'], where, input);
      running.ended.then(
        ({ stdout, stderr }) => said.push(stdout, stderr),
        () => undefined,
      );
      return running;
    },
    /** The same without `--local`, with other variables beside. @param input - All of it, or somebody's answers. */
    async runElsewhere(
      rawArguments: readonly string[],
      more: Readonly<Record<string, string>> = {},
      input: string | readonly Answer[] = '',
    ) {
      const typed = typeof input === 'string' ? { input } : { answers: input };
      const where = { folder, variables: { ...variables, ...more }, hasEnvironment: true };
      const ran = await runInside(rawArguments, { ...where, ...typed });
      said.push(ran.stdout, ran.stderr);
      return ran;
    },
    /** Runs the program where a person sits. */
    async talk(rawArguments: readonly string[], dialog: readonly DialogStep[]): Promise<TerminalRan> {
      const where = { folder, variables: { ...variables, NO_COLOR: '1' } };
      const ran = await runInTerminal([...rawArguments, '--local'], where, dialog);
      said.push(ran.shown, ...ran.commandLines);
      return ran;
    },
    /** A secret that only the test knows, e.g. one that is typed. */
    remember(...more: readonly string[]): void {
      for (const secret of more) secrets.add(secret);
    },
    /** Content of every file below the working folder, the program's home, that others could read. */
    readableByOthers: () =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name !== 'old.env')
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((file) => (statSync(file).mode & 0o077) !== 0)
        .map((file) => readFileSync(file, 'utf8'))
        .join('\n'),
    secretsSoFar: (): string[] => [...secrets, ...secretsHeldBy(stage)],
    /** Everything that the program has printed so far, and the command lines that were seen. */
    said: said as readonly string[],
    /** Everything stored, as text: the same before and after where nothing was stored. */
    everythingStored: () =>
      JSON.stringify(
        [...secretsOf('credentials'), ...secretsOf('token')].map((secretId) => secretsManager.versions(secretId)),
      ),
    /** Credentials that Zoho knows and nobody has stored, and the lines of an `.env` that hold them. */
    plantFor(name: string, more: Partial<Planting> = {}) {
      const { dataCenter, service, requiredScopes, tokenPrefixes } = stage.connectionNamed(name);
      const prefix = tokenPrefixes.includes('1000.') ? '1000.' : '1005.';
      const planted = zoho.plant({ dataCenter, service, prefix, scopes: [...requiredScopes], ...more });
      cli.remember(planted.client_secret, planted.refresh_token);
      const lines = Object.entries(planted).map(([key, value]) => `${envKey(name, key)}=${value}\n`);
      return { planted, lines: lines.join('') };
    },
    /** A self client with a code for SalesIQ, and what somebody types who has both. */
    selfClient() {
      const client = zoho.registerClient({ dataCenter: 'in' });
      const scopes = ['SalesIQ.conversations.CREATE', 'SalesIQ.conversations.READ', 'SalesIQ.conversations.UPDATE'];
      const code = zoho.selfClientCode({ clientId: client.client_id, scopes });
      cli.remember(client.client_secret, code);
      return { ...client, code, typed: `${client.client_id}\n${client.client_secret}\n${code}\n` };
    },
  };
  onTestFinished(async () => {
    cli.remember(...cli.secretsSoFar());
    await offered.close();
    await stage.close();
    rmSync(folder, { recursive: true, force: true });
    expect(searchForSecrets(said, secrets)).toBeUndefined();
  });
  return cli;
}

/** A test that gets the whole system, with every consent given, as `cli`. */
export const test = baseTest.extend('cli', () => openCliStage());
