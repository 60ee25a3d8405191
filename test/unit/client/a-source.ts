import { makeReader, type ReaderParts } from '../../../client/reader.ts';
import type { RefreshAnswer } from '../../../client/request-refresh.ts';
import type { SecretSource } from '../../../client/secret-source.ts';

/** An access token in Zoho's shape, made up. */
export function madeUpToken(letter: string): string {
  return `1005.${letter.repeat(32)}.${letter.repeat(32)}`;
}

/** A token secret's value as the refresher writes it. */
export function tokenText(accessToken: string, issuedAt: number, lifeMinutes = 60): string {
  return JSON.stringify({
    version: 1,
    connection: 'desk',
    service: 'desk',
    data_center: 'in',
    access_token: accessToken,
    token_type: 'Bearer',
    issued_at: new Date(issuedAt).toISOString(),
    expires_at: new Date(issuedAt + lifeMinutes * 60_000).toISOString(),
    base_url: 'https://desk.zoho.in',
    settings: { org_id: '60000688226', department_id: '2782000000002013' },
  });
}

/** A record of an incident as the refresher writes it. */
export function incidentText(since: number): string {
  return JSON.stringify({
    version: 1,
    state: 'open',
    incident: {
      since: new Date(since).toISOString(),
      code: 'invalid_code',
      message: 'Zoho refuses the refresh token',
    },
  });
}

/**
 * A secret that a test writes to and breaks, a clock that steps, and a reader between them.
 *
 * @param options.answers - What the refresher answers to requests, one after the other; without it there is none to ask.
 */
export function setUpReader(options: { answers?: RefreshAnswer[]; random?: number } & Partial<ReaderParts> = {}) {
  const start = Date.UTC(2026, 0, 5, 9);
  const state = {
    now: start,
    /** AWSCURRENT and INCIDENT. */
    token: tokenText(madeUpToken('a'), start) as string | undefined,
    incident: undefined as string | undefined,
    fault: undefined as Error | undefined,
    /** An answer is this long on its way, where it is set. */
    gate: undefined as Promise<void> | undefined,
    reads: [] as string[],
    requests: [] as string[],
    waits: [] as number[],
    /** Runs before each wait is over. */
    duringWait: (_milliseconds: number): void => undefined,
  };
  const source: SecretSource = {
    async read(label) {
      state.reads.push(label);
      const { fault } = state;
      const text = label === 'AWSCURRENT' ? state.token : state.incident;
      await state.gate;
      if (fault !== undefined) throw fault;
      return text === undefined ? undefined : { text, isCached: false };
    },
  };
  const { answers, random = 0.5, ...parts } = options;
  const reader = makeReader({
    subject: 'zoho/desk/token',
    source,
    requestRefresh:
      answers === undefined
        ? undefined
        : async (connection) => {
            state.requests.push(connection);
            return answers.shift() ?? 'no help';
          },
    isRefused: undefined,
    surroundings: {
      now: () => state.now,
      random: () => random,
      wait: async (milliseconds) => {
        state.waits.push(milliseconds);
        state.now += milliseconds;
        state.duringWait(milliseconds);
      },
    },
    ...parts,
  });
  return { start, state, reader };
}
