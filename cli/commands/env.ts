import { resolve } from 'node:path';
import { isUsable } from '../../lambda/stored-token.ts';
import { chooseConnections } from '../choose-connections.ts';
import { command } from '../command.ts';
import { mergeEnv } from '../env-file/merge-env.ts';
import { type EnvSource, renderEnv } from '../env-file/render-env.ts';
import { readIfThere, replaceFile } from '../env-file/replace-file.ts';
import { Refusal, UsageError } from '../faults.ts';
import type { Outcome } from '../outcome.ts';
import { renderExports } from '../place/app-exports.ts';
import { atPlace } from '../place/open-place.ts';
import type { Place } from '../place/place.ts';
import { readStored } from '../stored/read-stored.ts';
import { readStoredCredentials } from '../stored/read-stored-credentials.ts';

/** `env`: an `.env` in the guide's template, for development. */
export const env = command({
  name: 'env',
  summary: 'Writes an .env for local development from the stored secrets, readable by its owner alone',
  examples: [
    ['env', 'writes .env; an existing one gets the new values, and is kept as .env.bak'],
    ['env desk --tokens-only', 'without refresh token and client: all that most programs need'],
    ['env --local --shell', 'prints the exports with which an app reaches npm start; for eval'],
    ['env --stdout | ssh box "umask 077; cat > .env"', 'to a program; nothing is written here'],
  ],
  argument: ['[connection...]', 'only these connections'],
  options: {
    out: {
      type: 'string',
      valueHint: 'file',
      default: '.env',
      description: 'the file to write, or to bring up to date',
    },
    stdout: { type: 'boolean', description: 'print instead of writing a file' },
    shell: { type: 'boolean', description: 'with --local: the exports with which an app reaches npm start' },
    'tokens-only': { type: 'boolean', description: 'leave refresh tokens and clients out' },
  },
  run: (words, options, context) =>
    atPlace(options, context, async (place) => {
      if (options.shell) return exportsOf(place);
      if (options.stdout && context.wantsJson) throw new UsageError('--stdout and --json exclude each other');
      const sources = await context.terminal.during('reading the stored secrets', () =>
        gather(place, words, options['tokens-only']),
      );
      if (sources.every(({ document }) => document === undefined)) {
        throw new Refusal(
          'no token is stored yet',
          'wait for the next tick, or run `npx --no-install zoho-tokens refresh`',
        );
      }
      const text = renderEnv(sources, place.now());
      const { lines, isFine } = describe(sources, place.now());
      if (options.stdout) {
        for (const line of lines) context.terminal.say(line);
        return { isFine, lines: [text.trimEnd()], json: {} };
      }
      const path = resolve(context.workingFolder, options.out);
      const before = readIfThere(path);
      const kept = replaceFile(path, before === undefined ? text : mergeEnv(before, text), { mode: 0o600 });
      return {
        isFine,
        lines: [
          `wrote ${options.out}, readable by you alone; never commit it`,
          ...(kept === undefined ? [] : [`kept what was there as ${options.out}.bak; its other lines stay`]),
          ...lines,
        ],
        json: {
          file: options.out,
          backup: kept === undefined ? null : `${options.out}.bak`,
          connections: sources.map(({ connection, document, credentials }) => ({
            connection: connection.name,
            expires_at: document?.expiresAt.toISOString() ?? null,
            has_credentials: credentials !== undefined,
          })),
        },
      };
    }),
});

function exportsOf({ appVariables }: Place): Outcome {
  if (appVariables === undefined) throw new UsageError('--shell goes with --local');
  return { isFine: true, lines: renderExports(appVariables), json: appVariables };
}

function gather(place: Place, names: readonly string[], isTokensOnly: boolean): Promise<EnvSource[]> {
  return Promise.all(
    chooseConnections(place.connections, names).map(async (connection) => {
      const [{ token }, credentials] = await Promise.all([
        readStored(place, connection),
        // A developer need not be allowed to read credentials.
        isTokensOnly ? undefined : readStoredCredentials(place, connection).catch(() => undefined),
      ]);
      return { connection, document: token.document, credentials };
    }),
  );
}

/** What the reader of the file should know. */
function describe(sources: readonly EnvSource[], now: Date): { lines: string[]; isFine: boolean } {
  const lines = sources.flatMap(({ connection: { name }, document }) => {
    if (document === undefined) return [`! ${name}: no token is stored yet`];
    const isLiving = isUsable({ versionId: '', document, isFoundDead: false }, now);
    return isLiving
      ? []
      : [`! ${name}: its stored token has expired; see \`npx --no-install zoho-tokens status ${name}\``];
  });
  return { lines, isFine: lines.length === 0 };
}
