import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import process, { argv, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { renderExports } from '../cli/place/local-store-file.ts';
import { ConnectionsError, readConnections } from '../lambda/connections/read-connections.ts';
import { defaultTickIntervalMilliseconds } from '../lambda/settings.ts';
import { defaultConsolePort, startConsole } from './console/start-console.ts';
import { offerStage } from './offer-stage.ts';
import { onlyStageName } from './only-stage.ts';
import { EnvFileError, readEnvFile } from './real-credentials.ts';
import { renderTick, type TickReport, tickAndReport } from './report.ts';
import { setStage } from './stage.ts';

const help = `npm start: the main job on this machine, between stand-ins for Zoho and AWS on 127.0.0.1

  npm start                        tick every five minutes until Ctrl-C, and serve the console page
  npm start -- --once              one tick; exit 0 if every token was stored, 1 if not
  npm start -- --once --json       the same; prints the report as JSON and nothing else
  npm start -- --env FILE          take real Zoho credentials from FILE (the guide's .env format) and refresh them
                                   at the real Zoho, into a store that lives only as long as this program

Options
  --once             run one tick and exit
  --json             print each tick's report as JSON on standard output
  --env FILE         real credentials: SALESIQ_REFRESH_TOKEN, DESK_REFRESH_TOKEN, ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET,
                     or SALESIQ_CLIENT_ID, DESK_CLIENT_ID, ... if each connection has a client of its own
  --connections FILE another connections.json
  --interval SECONDS time between ticks (default ${defaultTickIntervalMilliseconds / 1000})
  --port PORT        port of the console page (default ${defaultConsolePort}; 0 for any free one)
  --help             this text
`;

/** Wrong usage: one line on standard error, exit code 2. */
class UsageError extends Error {}

async function main(): Promise<number> {
  const options = readOptions();
  if (options.help) {
    stdout.write(help);
    return 0;
  }
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
      return hasStoredAll(report, connections.length) ? 0 : 1;
    }
    const page = await startConsole(stage, {
      port: options.port,
      tickIntervalMilliseconds: options.intervalMilliseconds,
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

function hasStoredAll({ connections, error }: TickReport, wanted: number): boolean {
  const stored = connections.filter(({ outcome }) => outcome === 'refreshed');
  return error === null && stored.length === wanted;
}

function readOptions() {
  let values: ReturnType<typeof parse>['values'];
  try {
    values = parse().values;
  } catch (fault) {
    throw new UsageError(`${(fault as Error).message.split('. ')[0]}; see npm start -- --help`);
  }
  const interval = Number(values.interval);
  if (!(interval >= 1 && interval <= 86_400)) {
    throw new UsageError(`--interval: expected 1 to 86400 seconds, found "${values.interval}"`);
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError(`--port: expected 0 to 65535, found "${values.port}"`);
  }
  return { ...values, port, intervalMilliseconds: interval * 1000 };
}

function parse() {
  return parseArgs({
    args: argv.slice(2),
    options: {
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      env: { type: 'string' },
      connections: { type: 'string', default: 'connections.json' },
      interval: { type: 'string', default: String(defaultTickIntervalMilliseconds / 1000) },
      port: { type: 'string', default: String(defaultConsolePort) },
    },
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (fault) {
    throw new UsageError(`cannot read ${file}: ${(fault as NodeJS.ErrnoException).code}`);
  }
}

/** What the user can put right by another command line: one clear line, exit code 2. */
function usageMessage(fault: unknown): string | undefined {
  if (fault instanceof UsageError || fault instanceof ConnectionsError || fault instanceof EnvFileError) {
    return fault.message;
  }
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
