import { makeReader, type ReaderParts } from '../../../client/reader.ts';
import { createRequestRefresh } from '../../../client/request-refresh.ts';
import { createSecretsManagerSource, type SdkClient } from '../../../client/secrets-manager-source.ts';

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

/** An error as the SDK throws it. */
const awsError = (name: string) => Object.assign(new Error('made-up words of AWS'), { name, $fault: 'client' });

/** What the refresher answers in each mode of `state.lambda`: outcome, code and probe. */
const answers: Record<string, [outcome: string, code: string | null, probe: string | null]> = {
  fresh: ['fresh', null, 'accepted'],
  unknown: ['fresh', null, 'cannot_tell'],
  heals: ['refreshed', null, 'accepted'],
  healing: ['waiting', null, null],
  waits: ['waiting', 'invalid_code', null],
  fails: ['failed', 'invalid_code', null],
};

/**
 * A secret that a test writes to and breaks, a refresher, a clock that steps, and a reader between them.
 *
 * @param options.mayAsk - Whether the reader may ask the refresher.
 */
export function setUpReader(options: { mayAsk?: boolean; random?: number } & Partial<ReaderParts> = {}) {
  const { mayAsk = false, random = 0.5, ...parts } = options;
  const start = Date.UTC(2026, 0, 5, 9);
  const state = {
    now: start,
    /** AWSCURRENT and INCIDENT. */
    token: tokenText(madeUpToken('a'), start) as string | undefined,
    incident: undefined as string | undefined,
    /** Names of AWS's errors with which reads of a label fail. */
    faults: { AWSCURRENT: '', INCIDENT: '' },
    /** An answer is this long on its way, where it is set. */
    gate: undefined as Promise<void> | undefined,
    reads: [] as string[],
    asks: 0,
    /** What the refresher does when it is asked, e.g. `heals b`. */
    lambda: '',
    waits: [] as number[],
    healsDuringWait: '',
  };
  const store = (letter: string, lifeMinutes?: number) => {
    state.token = tokenText(madeUpToken(letter), state.now, lifeMinutes);
  };
  const secrets = {
    async send({ input: { VersionStage: label } }: { input: { VersionStage: 'AWSCURRENT' | 'INCIDENT' } }) {
      const fault = state.faults[label];
      const SecretString = label === 'AWSCURRENT' ? state.token : state.incident;
      await state.gate;
      if (fault !== '') throw awsError(fault);
      if (SecretString === undefined) throw awsError('ResourceNotFoundException');
      return { SecretString };
    },
  };
  const lambda = {
    async send() {
      state.asks += 1;
      const [mode = '', letter = ''] = state.lambda.split(' ');
      if (mode === 'denied') throw awsError('AccessDeniedException');
      if (mode === 'heals') store(letter);
      if (mode === 'healing' || mode === 'throttled') state.healsDuringWait = letter;
      if (mode === 'throttled') throw awsError('TooManyRequestsException');
      const [outcome, code, probe] = answers[mode] ?? [];
      const text = outcome ? JSON.stringify({ connections: [{ connection: 'desk', outcome, code, probe }] }) : 'text';
      const Payload = { transformToString: () => text };
      return mode === 'crashes' ? { FunctionError: 'Unhandled', Payload } : { Payload };
    },
  };
  const client = lambda as unknown as SdkClient;
  const source = createSecretsManagerSource('zoho/desk/token', secrets as unknown as SdkClient);
  const reader = makeReader({
    subject: 'zoho/desk/token',
    source: {
      read(label, isPastCache) {
        state.reads.push(label);
        return source.read(label, isPastCache);
      },
    },
    requestRefresh: mayAsk ? createRequestRefresh({ functionName: 'refresher', client }) : undefined,
    isRefused: undefined,
    surroundings: {
      now: () => state.now,
      random: () => random,
      wait: async (milliseconds) => {
        state.waits.push(milliseconds);
        if (state.healsDuringWait !== '') store(state.healsDuringWait);
      },
    },
    ...parts,
  });
  return { start, state, store, reader };
}
