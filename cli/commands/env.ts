import { resolve } from 'node:path';
import { isUsable } from '../../lambda/stored-token.ts';
import { command } from '../command.ts';
import { readIfThere, replaceFile } from '../env-file/text-file.ts';
import { type EnvSource, mergeEnv, renderEnv } from '../env-file/write-env.ts';
import { Refusal, UsageError } from '../faults.ts';
import { renderExports } from '../place/local-store-file.ts';
import { atPlace, chooseConnections } from '../place/open-place.ts';
import type { Place } from '../place/place.ts';
import { readStored, readStoredCredentials } from '../stored/stored.ts';

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
    'out <file>': ['the file to write, or to bring up to date', '.env'],
    stdout: 'print instead of writing a file',
    shell: 'with --local: the exports with which an app reaches npm start',
    'tokens-only': 'leave refresh tokens and clients out',
  },
  run: (words, options, context) =>
    atPlace(options, context, async (place) => {
      const { out, stdout } = options;
      if (options.shell) {
        const { appVariables: json } = place;
        if (json === undefined) throw new UsageError('--shell goes with --local');
        return { isFine: true, lines: renderExports(json), json };
      }
      if (stdout && context.wantsJson) throw new UsageError('--stdout and --json exclude each other');
      const gathering = () => gather(place, words, options['tokens-only']);
      const sources = await context.terminal.during('reading the stored secrets', gathering);
      if (sources.every(({ document }) => document === undefined)) {
        const fix = 'wait for the next tick, or run `npx --no-install zoho-tokens refresh`';
        throw new Refusal('no token is stored yet', fix);
      }
      const text = renderEnv(sources, place.now());
      const warnings = sources.flatMap((source) => warnOf(source, place.now()));
      const isFine = warnings.length === 0;
      if (stdout) {
        for (const line of warnings) context.terminal.say(line);
        return { isFine, lines: [text.trimEnd()], json: {} };
      }
      const path = resolve(context.workingFolder, out);
      const before = readIfThere(path);
      replaceFile(path, before === undefined ? text : mergeEnv(before, text), 0o600);
      const backup = before === undefined ? null : `${out}.bak`;
      return {
        isFine,
        lines: [
          `wrote ${out}, readable by you alone; never commit it`,
          ...(backup === null ? [] : [`kept what was there as ${backup}; its other lines stay`]),
          ...warnings,
        ],
        json: {
          file: out,
          backup,
          connections: sources.map(({ connection, document, credentials }) => ({
            connection: connection.name,
            expires_at: document?.expiresAt.toISOString() ?? null,
            has_credentials: credentials !== undefined,
          })),
        },
      };
    }),
});

function gather(place: Place, names: readonly string[], isTokensOnly: boolean): Promise<EnvSource[]> {
  const sources = chooseConnections(place.connections, names).map(async (connection) => {
    const [{ token }, credentials] = await Promise.all([
      readStored(place, connection),
      // A developer need not be allowed to read credentials.
      isTokensOnly ? undefined : readStoredCredentials(place, connection).catch(() => undefined),
    ]);
    return { connection, document: token.document, credentials };
  });
  return Promise.all(sources);
}

function warnOf({ connection: { name }, document }: EnvSource, now: Date): string[] {
  if (document === undefined) return [`! ${name}: no token is stored yet`];
  if (isUsable({ versionId: '', document, isFoundDead: false }, now)) return [];
  return [`! ${name}: its stored token has expired; see \`npx --no-install zoho-tokens status ${name}\``];
}
