import type { Connection } from '../../lambda/connections/read-connections.ts';
import { RefreshError } from '../../lambda/failure.ts';
import { proveToken } from '../../lambda/zoho/prove-token.ts';
import { command } from '../command.ts';
import type { Context } from '../context.ts';
import { examineEnv } from '../doctor/examine-env.ts';
import { type Finding, renderFindings } from '../doctor/finding.ts';
import { lookAtKind } from '../doctor/look-at-kind.ts';
import { type EnvFile, hasAnyKey, readEnvFile } from '../env-file/env-file.ts';
import { readEnvCredentials } from '../env-file/read-credentials.ts';
import { Refusal } from '../faults.ts';
import { remedyHere } from '../network-fix.ts';
import { atPlace } from '../place/open-place.ts';
import type { Place } from '../place/place.ts';
import { refreshOnce } from '../refresh-once.ts';
import { remedyFor } from '../remedies.ts';
import { findOtherOwner, readStoredCredentials } from '../stored/read-stored-credentials.ts';
import { storeCredentials } from '../stored/store-credentials.ts';

/** `import`: takes proven credentials out of the guide's `.env` into Secrets Manager. */
export const importEnv = command({
  name: 'import',
  summary: "Stores the credentials of the guide's .env, each proved by one refresh; the file is never changed",
  examples: [
    ['import .env', 'examines, refreshes once, stores what is good, says what is not'],
    ['import .env --yes', 'replaces stored credentials without asking'],
  ],
  argument: ['<file>', 'an .env in the format of the guide'],
  options: {
    yes: { type: 'boolean', description: 'replace stored credentials without asking' },
  },
  run: ([name = ''], options, context) => {
    const file = readEnvFile(name, context.workingFolder);
    return atPlace(options, context, async (place) => {
      const { connections } = place.connections;
      const stranger = lookAtKind(file, connections);
      if (stranger !== undefined) throw new Refusal(`${file.name} ${stranger.problem}`, stranger.fix);
      const findings = examineEnv(file, connections, place.now());
      const results: Result[] = [];
      // One after the other: each may have a question to ask.
      for (const connection of connections) {
        results.push(await importOne(place, connection, file, findings, options.yes, context));
      }
      const shown = findings.filter(({ severity }) => severity === 'error');
      const isFine = results.every(({ outcome }) => outcome !== 'refused' && outcome !== 'kept');
      return {
        // A wrong access token in the file is reported but stops nothing: the refresher gets its own.
        isFine: isFine && results.some(({ outcome }) => outcome !== 'absent'),
        lines: [
          ...renderFindings(shown, context.terminal.paint),
          ...results.map((result) => renderResult(result, context)),
          ...nextSteps(results, file.name),
        ],
        json: { file: file.name, connections: results, findings: shown },
      };
    });
  },
});

type Result = {
  readonly connection: string;
  readonly outcome: 'stored' | 'unchanged' | 'refused' | 'absent' | 'kept';
  readonly reason: string;
  readonly fix: string | null;
};

async function importOne(
  place: Place,
  connection: Connection,
  file: EnvFile,
  findings: readonly Finding[],
  isAgreed: boolean,
  { terminal }: Context,
): Promise<Result> {
  const { name } = connection;
  const result = (outcome: Result['outcome'], reason: string, fix: string | null = null): Result => ({
    connection: name,
    outcome,
    reason,
    fix,
  });
  const authorize = `\`npx --no-install zoho-tokens authorize ${name}\``;
  if (!hasAnyKey(file, connection)) return result('absent', 'the file has no key of it', authorize);
  const blocking = findings.find(({ blocks }) => blocks.includes(name));
  if (blocking !== undefined) {
    const key = blocking.key === null ? '' : `${blocking.key} `;
    return result('refused', `${key}${blocking.problem}`, blocking.fix);
  }
  const credentials = readEnvCredentials(file, connection);
  if (credentials === undefined) return result('refused', 'its credentials are not complete', authorize);
  const owner = await findOtherOwner(place, connection, credentials);
  if (owner !== undefined) {
    return result('refused', `its refresh token is already that of ${owner}`, `consent again with ${authorize}`);
  }
  const stored = await readStoredCredentials(place, connection);
  const isSame =
    stored?.clientId === credentials.clientId &&
    stored.clientSecret.reveal() === credentials.clientSecret.reveal() &&
    stored.refreshTokenHash === credentials.refreshTokenHash;
  if (isSame) return result('unchanged', 'the same credentials are stored already');
  if (stored !== undefined && !isAgreed) {
    const question = `${name} has other credentials stored: replace them if these prove good?`;
    if (!terminal.isInteractive || !(await terminal.confirm(question))) {
      return result('kept', 'other credentials are stored already', 'say --yes to replace them');
    }
  }
  try {
    const { settingFault } = await terminal.during(`proving the credentials of ${name} at Zoho`, async () =>
      proveToken(place, connection, await refreshOnce(place.callZoho, connection.dataCenter, credentials)),
    );
    const secretId = await storeCredentials(place, connection, credentials);
    if (settingFault === undefined) return result('stored', `proved by a refresh, stored in ${secretId}`);
    return result('stored', `stored in ${secretId}, but ${settingFault}`, remedyFor('setting_mismatch', name));
  } catch (fault) {
    if (!(fault instanceof RefreshError)) throw fault;
    return result('refused', fault.message, remedyHere(fault, name));
  }
}

const marks = { stored: '✓', unchanged: '✓', kept: '!', absent: '-', refused: '✗' } as const;

function renderResult({ connection, outcome, reason, fix }: Result, { terminal }: Context): string {
  const paint = outcome === 'refused' ? terminal.paint.bad : terminal.paint.good;
  const line = `${paint(marks[outcome])} ${connection}  ${outcome}: ${reason}`;
  return fix === null ? line : `${line}\n    fix: ${fix}`;
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
