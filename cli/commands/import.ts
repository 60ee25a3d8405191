import type { Connection } from '../../lambda/connections/read-connections.ts';
import { RefreshError } from '../../lambda/failure.ts';
import { type Context, command } from '../command.ts';
import { examineEnv } from '../doctor/examine-env.ts';
import { type Finding, renderFindings } from '../doctor/finding.ts';
import { type EnvFile, findLine, readEnvCredentials, readEnvFile } from '../env-file/env-file.ts';
import { ownKeys } from '../env-file/expected-keys.ts';
import { atPlace } from '../place/open-place.ts';
import type { Place } from '../place/place.ts';
import { remedyFor, remedyHere } from '../remedies.ts';
import { findOtherOwner, proveCredentials, readStoredCredentials, storeCredentials } from '../stored/stored.ts';
import type { Paint } from '../terminal.ts';

export const importEnv = command({
  name: 'import',
  summary: "Stores the credentials of the guide's .env, each proved by one refresh; the file is never changed",
  examples: [
    ['import .env', 'examines, refreshes once, stores what is good, says what is not'],
    ['import .env --yes', 'replaces stored credentials without asking'],
  ],
  argument: ['<file>', 'an .env in the format of the guide'],
  options: { yes: 'replace stored credentials without asking' },
  run: ([name = ''], options, context) => {
    const file = readEnvFile(name, context.workingFolder);
    return atPlace(options, context, async (place) => {
      const { connections } = place.connections;
      const findings = examineEnv(file, connections, place.now());
      const results: Result[] = [];
      // One after the other: each may have a question to ask.
      for (const connection of connections) {
        const found = await importOne(place, connection, file, findings, options.yes, context);
        const [outcome, reason, fix = null] = found;
        results.push({ connection: connection.name, outcome, reason, fix });
      }
      const shown = findings.filter(({ severity }) => severity === 'error');
      const isFine = results.every(({ outcome }) => outcome !== 'refused' && outcome !== 'kept');
      const { paint } = context.terminal;
      return {
        // A wrong access token in the file is reported but stops nothing: the refresher gets its own.
        isFine: isFine && results.some(({ outcome }) => outcome !== 'absent'),
        lines: [
          ...renderFindings(shown, paint),
          ...results.map((result) => renderResult(result, paint)),
          ...nextSteps(results, file.name),
        ],
        json: { file: file.name, connections: results, findings: shown },
      };
    });
  },
});

const marks = { stored: '✓', unchanged: '✓', kept: '!', absent: '-', refused: '✗' } as const;
type Found = readonly [outcome: keyof typeof marks, reason: string, fix?: string];
type Result = Readonly<{ connection: string; outcome: Found[0]; reason: string; fix: string | null }>;

async function importOne(
  place: Place,
  connection: Connection,
  file: EnvFile,
  findings: readonly Finding[],
  isAgreed: boolean,
  { terminal }: Context,
): Promise<Found> {
  const { name } = connection;
  const authorize = `\`npx --no-install zoho-tokens authorize ${name}\``;
  if (ownKeys(connection).every(({ key }) => findLine(file, key) === undefined))
    return ['absent', 'the file has no key of it', authorize];
  const blocking = findings.find(({ blocks }) => blocks.includes(name));
  if (blocking !== undefined) {
    const key = blocking.key === null ? '' : `${blocking.key} `;
    return ['refused', `${key}${blocking.problem}`, blocking.fix];
  }
  const credentials = readEnvCredentials(file, connection);
  if (credentials === undefined) return ['refused', 'its credentials are not complete', authorize];
  const owner = await findOtherOwner(place, connection, credentials.refreshToken);
  if (owner !== undefined)
    return ['refused', `its refresh token is already that of ${owner}`, `consent again with ${authorize}`];
  const stored = await readStoredCredentials(place, connection);
  const isSame =
    stored?.clientId === credentials.clientId &&
    stored.clientSecret.reveal() === credentials.clientSecret.reveal() &&
    stored.refreshTokenHash === credentials.refreshTokenHash;
  if (isSame) return ['unchanged', 'the same credentials are stored already'];
  if (stored !== undefined && !isAgreed) {
    const question = `${name} has other credentials stored: replace them if these prove good?`;
    if (!terminal.isInteractive || !(await terminal.confirm(question)))
      return ['kept', 'other credentials are stored already', 'say --yes to replace them'];
  }
  try {
    const prove = () => proveCredentials(place, connection, credentials);
    const { settingFault } = await terminal.during(`proving the credentials of ${name} at Zoho`, prove);
    const secretId = await storeCredentials(place, connection, credentials);
    if (settingFault === undefined) return ['stored', `proved by a refresh, stored in ${secretId}`];
    return ['stored', `stored in ${secretId}, but ${settingFault}`, remedyFor('setting_mismatch', name)];
  } catch (fault) {
    if (!(fault instanceof RefreshError)) throw fault;
    return ['refused', fault.message, remedyHere(fault, name)];
  }
}

function renderResult({ connection, outcome, reason, fix }: Result, paint: Paint): string {
  const mark = (outcome === 'refused' ? paint.bad : paint.good)(marks[outcome]);
  return `${mark} ${connection}  ${outcome}: ${reason}${fix === null ? '' : `\n    fix: ${fix}`}`;
}

function nextSteps(results: readonly Result[], file: string): string[] {
  const stored = results.filter(({ outcome }) => outcome === 'stored').map(({ connection }) => connection);
  if (stored.length === 0) return [];
  return [
    '',
    `next: \`npx --no-install zoho-tokens refresh ${stored.join(' ')}\`, or wait five minutes for the next tick`,
    `then delete ${file} wherever it lies: whoever refreshes with these tokens uses up the budget of requests`,
  ];
}
