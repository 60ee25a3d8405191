import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { readLocalStore } from '../../../cli/place/local-store-file.ts';
import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { offerStage } from '../../../local/offer-stage.ts';
import { createSharedClock, readClock, setClock } from '../../../local/runtime/shared-clock.ts';
import { setStage } from '../../../local/stage.ts';
import type { Planting } from '../../../local/zoho/planting.ts';
import { freePort } from '../free-port.ts';
import { type Ran, type Running, runInside, startInside, withVariables } from '../run-cli-inside.ts';
import { secretsHeldBy } from '../secrets-held.ts';
import { searchForSecrets } from '../secrets-search.ts';
import { bundle } from '../stage.ts';
import { type DialogStep, type RunningProcess, runInTerminal, startProgram, type TerminalRan } from './program.ts';

/** The shipped connections, the third with more scopes. */
export const threeConnections = withVisitor(readFileSync('connections.json', 'utf8'));

function withVisitor(text: string): string {
  const file = JSON.parse(text) as { connections: Record<string, unknown>[] };
  const salesiq = file.connections.find(({ name }) => name === 'salesiq');
  const visitor = {
    ...salesiq,
    name: 'salesiq-visitor',
    token_prefix: '1005.',
    required_scopes: ['SalesIQ.conversations.CREATE', 'SalesIQ.apps.READ', 'SalesIQ.departments.READ'],
    optional_scopes: ['SalesIQ.conversations.UPDATE'],
  };
  return JSON.stringify({ ...file, connections: [...file.connections.slice(0, 2), visitor] });
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
  const { connectionsText = readFileSync('connections.json', 'utf8'), hasCredentials = true } = options;
  const clock = createSharedClock();
  const stage = await setStage({ bundle, connectionsText, clock, ignoresClocks: true });
  const { zoho, secretsManager, secretPrefix, connections } = stage;
  if (zoho === undefined) throw new Error('the stage has the Zoho stand-in');
  if (!hasCredentials) {
    for (const { name } of connections) {
      secretsManager.remove(`${secretPrefix}/${name}/credentials`);
      secretsManager.createSecret(`${secretPrefix}/${name}/credentials`);
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'zoho-tokens-test-'));
  const callbackPort = await freePort();
  const store = join(folder, 'private', 'store.json');
  const offered = await offerStage(stage, { file: store, callbackPort });
  writeFileSync(join(folder, 'connections.json'), connectionsText);
  const production = { alert_emails: ['on-call@acme.io'] };
  writeFileSync(join(folder, 'deployment.json'), JSON.stringify({ stages: { production } }));
  const variables = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    AWS_EC2_METADATA_DISABLED: 'true',
    ZOHO_TOKENS_LOCAL_STORE: store,
  };
  const fieldsOf = (secret: string) =>
    JSON.parse(secretsManager.read(`${secretPrefix}/${secret}`) ?? '{}') as Record<string, string>;
  const said: string[] = [];
  const practice = Object.values(readLocalStore(store).practiceClients);
  const secrets = new Set<string>(practice.map(({ client_secret }) => client_secret));
  const surroundings = { folder, variables };

  /** What the program has said is kept when it ends, for the search at the end of the test. */
  const keep = <Started extends Running>(running: Started): Started => {
    running.ended.then(
      ({ stdout, stderr }) => said.push(stdout, stderr),
      () => undefined,
    );
    return running;
  };

  const cli = {
    stage,
    zoho,
    folder,
    store,
    callbackPort,
    variables,
    /** Moves the clock of the stage on. */
    pass: (minutes: number) => setClock(clock, readClock(clock) + minutes * 60_000, 1),
    /** Makes a file in the working folder. */
    write(name: string, text: string): string {
      writeFileSync(join(folder, name), text);
      return name;
    },
    read: (name: string) => readFileSync(join(folder, name), 'utf8'),
    /** Runs the program on the local store; its output must not hold any secret. */
    run: (rawArguments: readonly string[], input = ''): Promise<Ran> => cli.start(rawArguments, input).ended,
    /** The same, and does not wait for its end. */
    start: (rawArguments: readonly string[], input = ''): Running =>
      keep(startInside([...rawArguments, '--local'], { ...surroundings, input })),
    /** The same in a process of its own: for signals, and for what a process starts. */
    startProcess: (rawArguments: readonly string[], input = '', more: Record<string, string> = {}): RunningProcess =>
      keep(startProgram([...rawArguments, '--local'], { folder, variables: { ...variables, ...more } }, input)),
    /** The same without `--local`, with other variables beside. */
    async runElsewhere(rawArguments: readonly string[], more: Record<string, string> = {}, input = ''): Promise<Ran> {
      const all = { ...variables, ...more };
      const ran = await withVariables(all, () => runInside(rawArguments, { folder, variables: all, input }));
      said.push(ran.stdout, ran.stderr);
      return ran;
    },
    /** Runs the program where a person sits. */
    async talk(
      rawArguments: readonly string[],
      dialog: readonly DialogStep[],
      more: Record<string, string> = {},
    ): Promise<TerminalRan> {
      const where = { folder, variables: { ...variables, ...more } };
      const ran = await runInTerminal([...rawArguments, '--local'], where, dialog);
      said.push(ran.shown, ...ran.commandLines);
      return ran;
    },
    /** Runs the program where it is meant to print secrets: on standard output, and only there. */
    async runForSecrets(rawArguments: readonly string[]): Promise<Ran> {
      const ran = await runInside([...rawArguments, '--local'], surroundings);
      said.push(ran.stderr);
      return ran;
    },
    /** What the program has said where the test started it itself: it is searched as well. */
    hear: (text: string) => void said.push(text),
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
    saidSoFar: (): readonly string[] => said,
    /** Everything stored, as text: the same before and after where nothing was stored. */
    everythingStored: () =>
      JSON.stringify(
        connections.flatMap(({ name }) =>
          ['credentials', 'token'].map((kind) => secretsManager.versions(`${secretPrefix}/${name}/${kind}`)),
        ),
      ),
    credentialsOf: (name: string) => fieldsOf(`${name}/credentials`),
    tokenOf: (name: string) => fieldsOf(`${name}/token`),
    /** Credentials that Zoho knows and nobody has stored, and the lines of an `.env` that hold them. */
    plantFor(name: string, more: Partial<Planting> = {}) {
      const { dataCenter, service, requiredScopes, tokenPrefixes } = cli.connectionNamed(name);
      const prefix = tokenPrefixes.includes('1000.') ? '1000.' : '1005.';
      const planted = zoho.plant({ dataCenter, service, prefix, scopes: [...requiredScopes], ...more });
      cli.remember(planted.client_secret, planted.refresh_token);
      const lines = Object.entries(planted).map(([key, value]) => `${envKey(name, key)}=${value}\n`);
      return { planted, lines: lines.join('') };
    },
    connectionNamed(name: string): Connection {
      const connection = connections.find((known) => known.name === name);
      if (connection === undefined) throw new Error(`no connection ${name}`);
      return connection;
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
