import { readFileSync } from 'node:fs';
import { examineEnv } from '../../../cli/doctor/examine-env.ts';
import type { Finding } from '../../../cli/doctor/finding.ts';
import type { EnvFile } from '../../../cli/env-file/env-file.ts';
import { parseEnvLines } from '../../../cli/env-file/env-file.ts';
import { type Connection, readConnections } from '../../../lambda/connections/read-connections.ts';

/** The guide's two connections. */
export const guideConnections: readonly Connection[] = readConnections(
  readFileSync('connections.json', 'utf8'),
).connections.slice(0, 2);

const [salesiqOfGuide, deskOfGuide] = guideConnections;
if (salesiqOfGuide === undefined || deskOfGuide === undefined) throw new Error('the guide has two connections');
export const [salesiq, desk] = [salesiqOfGuide, deskOfGuide];

export const now = new Date('2026-03-01T12:00:00.000Z');
const hour = 60 * 60 * 1000;

/** An `.env` that was written so many hours ago. */
export function envFile(text: string, hoursOld = 0): EnvFile {
  return { ...parseEnvLines(text), name: '.env', changedAt: new Date(now.getTime() - hoursOld * hour) };
}

const hex = (digit: string) => `${digit.repeat(8)}0123456789abcdef01234567`;

/** A token in Zoho's shape; another for every digit. */
export function token(prefix: string, digit: string): string {
  return `${prefix}${hex(digit)}.${hex(digit)}`;
}

/** Lines of an `.env` in which nothing is wrong. */
export const goodLines: Readonly<Record<string, string>> = {
  SALESIQ_ACCESS_TOKEN: token('1000.', 'a'),
  SALESIQ_REFRESH_TOKEN: token('1000.', 'b'),
  SALESIQ_APP_ID: '2782000012893013',
  SALESIQ_DEPARTMENT_ID: '2782000000002013',
  SALESIQ_SCREEN_NAME: 'rtdsportal',
  SALESIQ_CLIENT_ID: '1000.ABCDEFGHIJKLMNOPQRSTUVWXYZ0123',
  SALESIQ_CLIENT_SECRET: hex('c') + hex('d').slice(0, 10),
  DESK_ACCESS_TOKEN: token('1005.', 'e'),
  DESK_REFRESH_TOKEN: token('1005.', 'f'),
  DESK_ORG_ID: '60000688226',
  DESK_DEPARTMENT_ID: '2782000000002013',
  DESK_CLIENT_ID: '1005.ABCDEFGHIJKLMNOPQRSTUVWXYZ4567',
  DESK_CLIENT_SECRET: hex('1') + hex('2').slice(0, 10),
};

/** The good file with some lines otherwise; `undefined` leaves one out. */
export function envText(changes: Readonly<Record<string, string | undefined>> = {}): string {
  return Object.entries({ ...goodLines, ...changes })
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}\n`]))
    .join('');
}

/** What the doctor finds, without the warning that a young token's expiry is not known. */
export function findingsOf(text: string, hoursOld = 0): Finding[] {
  return examineEnv(envFile(text, hoursOld), guideConnections, now).filter(
    ({ severity, problem }) => severity === 'error' || !problem.startsWith('may have expired'),
  );
}
