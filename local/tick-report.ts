import type { ConnectionResult } from '../lambda/invocation.ts';
import { parseLine } from './console/read-lines.ts';
import type { Invoked } from './runtime/execution-environment.ts';
import type { Stage } from './stage.ts';

/** What one tick did, as `npm start -- --json` prints it. */
export type TickReport = {
  readonly connections: readonly ConnectionResult[];
  readonly error: string | null;
  readonly alerts: readonly { subject: string; text: string }[];
  readonly zoho_requests: number;
  readonly secrets_manager_calls: number;
  readonly duration_ms: number;
};

/** Runs one tick on the stage, and gathers what it did and the bundle's lines on standard output. */
export async function tickAndReport(
  stage: Stage,
  slot: Date,
): Promise<{ report: TickReport; lines: readonly string[] }> {
  const { zoho, secretsManager, sns } = stage;
  const before = { alerts: sns.inbox.length, zoho: zoho?.requests.length ?? 0, aws: secretsManager.calls.length };
  const startedAt = performance.now();
  const invoked = await stage.tick(slot);
  const report = {
    connections: resultsOf(invoked),
    error: invoked.error?.message ?? null,
    alerts: sns.inbox.slice(before.alerts).map((entry) => ({
      subject: entry.subject ?? '',
      text: sns.delivered(entry, 'email'),
    })),
    zoho_requests: (zoho?.requests.length ?? 0) - before.zoho,
    secrets_manager_calls: secretsManager.calls.length - before.aws,
    duration_ms: Math.round(performance.now() - startedAt),
  };
  return { report, lines: invoked.lines };
}

/** The answer's results; where the invocation failed, what its log lines say. */
function resultsOf({ answer, lines }: Invoked): readonly ConnectionResult[] {
  const answered = (answer as { connections?: readonly ConnectionResult[] } | undefined)?.connections;
  if (answered !== undefined) return answered;
  return lines
    .map((line) => parseLine(line) as Partial<ConnectionResult> & { event?: string })
    .filter(({ event }) => event === 'connection')
    .map(({ connection = '', outcome = 'failed', code = null, expires_at = null }) => {
      return { connection, outcome, code, expires_at, probe: null };
    });
}

/** One readable line per connection, and one per alert. */
export function renderTick(report: TickReport, now: Date): string[] {
  const time = now.toISOString().slice(11, 19);
  const lines = report.connections.map(({ connection, outcome, code, expires_at: expiresAt }) => {
    const left = expiresAt === null ? 0 : Math.max(0, Math.round((Date.parse(expiresAt) - now.getTime()) / 60_000));
    const life = expiresAt === null ? 'no token stored' : `token ends in ${left} min`;
    return `${time}  ${connection.padEnd(16)} ${outcome.padEnd(10)} ${(code ?? '').padEnd(22)} ${life}`;
  });
  const alerts = report.alerts.map(({ subject }) => `${time}  ALERT            ${subject}`);
  const failure = report.error === null ? [] : [`${time}  INVOCATION FAILED: ${report.error}`];
  return [...lines, ...alerts, ...failure];
}
