import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { readLocalStore } from '../../cli/place/local-store-file.ts';
import { offerStage } from '../../local/offer-stage.ts';
import { createSharedClock, readClock, setClock } from '../../local/runtime/shared-clock.ts';
import { setStage } from '../../local/stage.ts';
import { freePort } from '../free-port.ts';
import { type Ran, type Running, runInside, startInside, withVariables } from '../support/run-cli-inside.ts';
import { searchForSecrets } from '../support/secrets-search.ts';
import {
  type DialogStep,
  type RunningProcess,
  runInTerminal,
  startProgram,
  type TerminalRan,
} from './cli-program.ts';

const bundle = new URL('../../dist/lambda/index.mjs', import.meta.url);

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

export type CliStage = Awaited<ReturnType<typeof openCliStage>>;

/**
 * The whole system on loopback, offered to the real program, for one test.
 *
 * When the test ends, everything that the program has said is searched for every secret that was planted, stored or
 * typed, and for the tokens that Zoho issued for them and that live, in pieces of 12.
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
  const said: string[] = [];
  const practice = Object.values(readLocalStore(store).practiceClients);
  const secrets = new Set<string>(practice.map(({ client_secret }) => client_secret));
  const surroundings = { folder, variables };

  const storedSecrets = () =>
    connections
      .flatMap(({ name }) =>
        ['credentials', 'token'].flatMap((kind) =>
          secretsManager.versions(`${secretPrefix}/${name}/${kind}`),
        ),
      )
      .flatMap(({ secretString }) => secretsIn(secretString));
  /** Access tokens that Zoho has issued and that live, stored or not; none where the secret is no refresh token. */
  const issuedFor = (secret: string): string[] => {
    try {
      return zoho.liveTokens(secret).map(({ accessToken }) => accessToken);
    } catch {
      return [];
    }
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
    async run(rawArguments: readonly string[], input = ''): Promise<Ran> {
      const ran = await runInside([...rawArguments, '--local'], { ...surroundings, input });
      said.push(ran.stdout, ran.stderr);
      return ran;
    },
    /** The same, and does not wait for its end. */
    start(rawArguments: readonly string[], input = ''): Running {
      const running = startInside([...rawArguments, '--local'], { ...surroundings, input });
      running.ended.then(
        ({ stdout, stderr }) => said.push(stdout, stderr),
        () => undefined,
      );
      return running;
    },
    /** The same in a process of its own: for signals, and for what a process starts. */
    startProcess(
      rawArguments: readonly string[],
      input = '',
      more: Record<string, string> = {},
    ): RunningProcess {
      const where = { folder, variables: { ...variables, ...more } };
      const running = startProgram([...rawArguments, '--local'], where, input);
      running.ended.then(
        ({ stdout, stderr }) => said.push(stdout, stderr),
        () => undefined,
      );
      return running;
    },
    /** The same without `--local`, with other variables beside. */
    async runElsewhere(
      rawArguments: readonly string[],
      more: Record<string, string> = {},
      input = '',
    ): Promise<Ran> {
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
    secretsSoFar(): string[] {
      const known = [...secrets, ...storedSecrets()];
      return [...known, ...known.flatMap(issuedFor)];
    },
    /** Everything that the program has printed so far, and the command lines that were seen. */
    saidSoFar: (): readonly string[] => said,
    /** Everything stored, as text: the same before and after where nothing was stored. */
    everythingStored: () =>
      JSON.stringify(
        connections.flatMap(({ name }) =>
          ['credentials', 'token'].map((kind) => secretsManager.versions(`${secretPrefix}/${name}/${kind}`)),
        ),
      ),
    credentialsOf: (name: string) =>
      JSON.parse(secretsManager.read(`${secretPrefix}/${name}/credentials`) ?? '{}') as Record<
        string,
        string
      >,
    tokenOf: (name: string) =>
      JSON.parse(secretsManager.read(`${secretPrefix}/${name}/token`) ?? '{}') as Record<string, string>,
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

function secretsIn(text: string): string[] {
  try {
    const { access_token, refresh_token, client_secret } = JSON.parse(text) as Record<
      string,
      string | undefined
    >;
    return [access_token, refresh_token, client_secret].filter((secret) => secret !== undefined);
  } catch {
    return [];
  }
}
