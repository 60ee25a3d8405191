import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import process, { stderr, stdout } from 'node:process';
import { Command } from 'commander';
import { renderExports } from '../cli/place/local-store-file.ts';
import { ConnectionsError, readConnections } from '../lambda/connections/read-connections.ts';
import { defaultTickIntervalMilliseconds } from '../lambda/settings.ts';
import { defaultConsolePort, startConsole } from './console/start-console.ts';
import { numberFrom } from './number-option.ts';
import { offerStage } from './offer-stage.ts';
import { onlyStageName } from './only-stage.ts';
import { EnvFileError, readEnvFile } from './real-credentials.ts';
import { setStage } from './stage.ts';
import { renderTick, type TickReport, tickAndReport } from './tick-report.ts';

const program = new Command('npm start --')
  .description('The main job on this machine, between stand-ins for Zoho and AWS on 127.0.0.1.')
  .option('--once', 'run one tick and exit: 0 if every token was stored, 1 if not')
  .option('--json', "print each tick's report as JSON on standard output, and nothing else")
  .option(
    '--env <file>',
    "take real Zoho credentials from a file in the guide's .env format and refresh them at the real Zoho, into a store that lives only as long as this program",
  )
  .option('--connections <file>', 'another connections.json', 'connections.json')
  .option('--interval <seconds>', 'time between ticks', numberFrom(1, 86_400), defaultTickIntervalMilliseconds / 1000)
  .option(
    '--port <port>',
    'port of the console page; 0 for any free one',
    numberFrom(0, 65_535, Number.isInteger),
    defaultConsolePort,
  )
  .addHelpText(
    'after',
    `
Without --once it ticks until Ctrl-C, and serves the console page.
In FILE of --env: SALESIQ_REFRESH_TOKEN, DESK_REFRESH_TOKEN, ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET,
or SALESIQ_CLIENT_ID, DESK_CLIENT_ID, ... if each connection has a client of its own.`,
  )
  .showHelpAfterError('See npm start -- --help.')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

async function main(): Promise<number> {
  const options = program
    .parse()
    .opts<{ once?: boolean; json?: boolean; env?: string; connections: string; interval: number; port: number }>();
  await import('../build/bundle.mjs');
  const connectionsText = readText(options.connections);
  const { connections } = readConnections(connectionsText);
  const credentials = options.env === undefined ? undefined : readEnvFile(readText(options.env), connections);
  const stage = await setStage({
    bundle: new URL('../dist/lambda/index.mjs', import.meta.url),
    connectionsText,
    // Other users of this machine reach the stand-ins, too, and real refresh tokens may be in them.
    secretAccessKey: randomBytes(30).toString('base64url'),
    leadsAppsHere: true,
    stageName: onlyStageName('.'),
    ...(credentials === undefined ? {} : { credentials }),
  });
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  // One tick is over before anybody could look; --once leaves a running npm start its store.
  const offered = options.once ? undefined : await offerStage(stage);
  try {
    if (!options.json) {
      const zoho = stage.zoho === undefined ? 'the real Zoho' : `the Zoho stand-in at ${stage.zoho.url}`;
      stdout.write(`refreshing ${connections.length} connections at ${zoho}\n`);
      if (offered !== undefined) {
        stdout.write('look at them with: npx --no-install zoho-tokens status --local\n');
        const lines = renderExports(offered.variables).map((line) => `  ${line}\n`);
        stdout.write(`develop an app against them, see docs/practice.md, in a shell with:\n${lines.join('')}`);
      }
    }
    const print = (report: TickReport) =>
      stdout.write(
        options.json ? `${JSON.stringify(report)}\n` : `${renderTick(report, new Date(stage.now())).join('\n')}\n`,
      );
    if (options.once) {
      const { report } = await tickAndReport(stage, new Date(stage.now()));
      print(report);
      const stored = report.connections.filter(({ outcome }) => outcome === 'refreshed');
      return report.error === null && stored.length === connections.length ? 0 : 1;
    }
    const page = await startConsole(stage, {
      port: options.port,
      tickIntervalMilliseconds: options.interval * 1000,
      onTick: print,
    });
    // The report's reader must find nothing but reports on standard output.
    (options.json ? stderr : stdout).write(`console page at ${page.url}\n`);
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
    await page.close();
    return 0;
  } finally {
    await offered?.close();
    await stage.close();
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (fault) {
    return program.error(`error: cannot read ${file}: ${(fault as NodeJS.ErrnoException).code}`);
  }
}

/** What the user can put right by another command line: one clear line, exit code 2. */
function usageMessage(fault: unknown): string | undefined {
  if (fault instanceof ConnectionsError || fault instanceof EnvFileError) return fault.message;
  const { code, port, path } = (fault ?? {}) as { code?: string; port?: number; path?: string };
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
    return `you cannot write ${path ?? 'here'}: run it in a copy of this folder that is yours`;
  }
  return code === 'EADDRINUSE' ? `port ${port} of 127.0.0.1 is taken; choose another with --port` : undefined;
}

main().then(
  (status) => process.exit(status),
  (fault: unknown) => {
    const message = usageMessage(fault);
    stderr.write(`${message ?? (fault as Error).stack}\n`);
    process.exit(message === undefined ? 1 : 2);
  },
);
