import type { FaultKind } from '../../local/aws/faults.ts';
import type { Invoked } from '../../local/lambda/environment.ts';
import type { Fault } from '../../local/zoho/fault-names.ts';
import { fingerprint } from '../../local/zoho/made-up.ts';
import { searchForSecrets } from '../simulation/secrets-search.ts';
import { type StageOnClock, startStageOnClock } from './stage-on-clock.ts';

/** A call that leaves the Lambda, or the clock by which it judges. */
export const calls = [
  'Zoho token',
  'SalesIQ probe',
  'Desk probe',
  'GetSecretValue token',
  'GetSecretValue record',
  'GetSecretValue credentials',
  'PutSecretValue token',
  'PutSecretValue record',
  'SNS Publish',
  'clock of the Lambda',
] as const;
export type CallOfLambda = (typeof calls)[number];

/** How a connection stands when the fault comes. */
export const states = ['nothing stored', 'fresh', 'due', 'nearly dead', 'expired', 'incident open'] as const;
export type State = (typeof states)[number];

/** One cell of the matrix. */
export type Cell = { readonly call: CallOfLambda; readonly fault: string; readonly state: State };

/** What became of a cell. */
export type CellResult = Cell & {
  /** What the tick under the fault said, e.g. `failed zoho_unavailable`; `threw` where the invocation failed. */
  readonly outcome: string;
  /** Invariants that were broken, in words; empty where all held. */
  readonly broken: readonly string[];
};

const anyZoho: readonly Fault[] = [
  'cut_connection_before',
  'cut_connection_during',
  'hang',
  'slow_drip',
  'huge',
  'html_200',
  'html_502',
  'http_500',
  'empty_object',
  'empty_body',
  'redirect',
];
const tokenFaults: readonly Fault[] = [
  ...anyZoho,
  'invalid_client',
  'invalid_client_secret',
  'invalid_code',
  'general_error',
  'throttle_400',
  'throttle_200',
  'throttle_localised_400',
  'throttle_localised_200',
  'access_denied',
  'echo_secret',
  'echo_secret_error',
  'no_scope',
  'comma_scopes',
  'missing_scope:Desk.calls.READ',
  'no_api_domain',
  'foreign_api_domain',
  'no_expires_in',
  'legacy_milliseconds',
  'short_lifetime',
  'long_lifetime',
  'wrong_types',
  'wrong_prefix:1004.',
  'undefined_token',
  'null_token',
  'new_refresh_token',
  'minted_dead',
];
const salesiqFaults: readonly Fault[] = [
  ...anyZoho,
  ...([1001, 1002, 1004, 1005, 1008, 1009, 1010, 1016, 1019, 1020, 1021, 1023] as const).map(
    (code): Fault => `salesiq:${code}`,
  ),
];
const deskFaults: readonly Fault[] = [
  ...anyZoho,
  ...(
    [
      'INVALID_OAUTH',
      'UNAUTHORIZED',
      'SCOPE_MISMATCH',
      'OAUTH_ORG_MISMATCH',
      'FORBIDDEN',
      'LICENSE_ACCESS_LIMITED',
      'URL_NOT_FOUND',
      'METHOD_NOT_ALLOWED',
      'INVALID_DATA',
      'TOO_MANY_REQUESTS',
      'THRESHOLD_EXCEEDED',
      'INTERNAL_SERVER_ERROR',
    ] as const
  ).map((code): Fault => `desk:${code}`),
];
const awsFaults: readonly FaultKind[] = [
  'refuse',
  'reset',
  'reset-during-answer',
  'reset-after-answer',
  'hang',
  'slow-drip',
  'garbage',
  'huge',
  'access-denied',
  'throttled',
  'internal-error',
  'kms-disabled',
];
/** Minutes ahead of the world. AWS refuses what a clock that is more than five minutes off has signed. */
const skews: Readonly<Record<string, number>> = { '4 minutes ahead': 4, '4 minutes behind': -4 };
const faultsOfCalls: Record<CallOfLambda, readonly string[]> = {
  'Zoho token': tokenFaults,
  'SalesIQ probe': salesiqFaults,
  'Desk probe': deskFaults,
  'GetSecretValue token': awsFaults,
  'GetSecretValue record': awsFaults,
  'GetSecretValue credentials': awsFaults,
  'PutSecretValue token': awsFaults,
  'PutSecretValue record': awsFaults,
  'SNS Publish': awsFaults,
  'clock of the Lambda': Object.keys(skews),
};

/** Whether only a time-out or a run's end ends it: such a cell takes half a minute of real time and more. */
function isSlow({ call, fault }: Cell): boolean {
  if (['hang', 'slow_drip', 'slow-drip'].includes(fault)) return true;
  return fault === 'throttled' && call.startsWith('PutSecretValue');
}

/** Every cell; `isQuick` leaves out those that wait for a time-out. */
export function allCells(options: { isQuick?: boolean; states?: readonly State[] } = {}): Cell[] {
  return calls.flatMap((call) =>
    faultsOfCalls[call]
      .flatMap((fault) => (options.states ?? states).map((state): Cell => ({ call, fault, state })))
      .filter((cell) => options.isQuick !== true || !isSlow(cell)),
  );
}

/** Plays one cell on a stage of its own: into the state, two ticks under the fault, and ticks until all is well again. */
export async function playCell(cell: Cell): Promise<CellResult> {
  const stage = await startStageOnClock();
  const broken: string[] = [];
  try {
    const subject = cell.call === 'SalesIQ probe' ? 'salesiq' : 'desk';
    const other = subject === 'desk' ? 'salesiq' : 'desk';
    await bringInto(stage, cell.state, subject);
    const watch = new CellWatch(stage, subject, other, broken);

    if (cell.call === 'SNS Publish' && cell.state !== 'incident open')
      stage.zoho.revoke(stage.credentialsOf(subject).refresh_token ?? '');
    setFault(stage, cell, subject);
    const first = await stage.tick();
    watch.judge(first, cell);
    if (!isSlow(cell)) {
      stage.pass(5);
      watch.judge(await stage.tick(), cell);
    }
    clearFaults(stage);

    stage.pass(5);
    // What a person does about it; where nobody needs to, new credentials change nothing.
    stage.consentAgain(subject);
    const healed = await stage.tick();
    watch.judgeHealing(healed);
    for (let count = 0; count < 8; count += 1) {
      stage.pass(5);
      watch.judge(await stage.tick(), undefined);
    }
    watch.judgeEnd(cell);
    return { ...cell, outcome: outcomeOf(stage, first, subject), broken };
  } finally {
    await stage.close();
  }
}

async function bringInto(stage: StageOnClock, state: State, subject: string): Promise<void> {
  const first = async () => {
    const invoked = await stage.tick();
    if (!stage.isGood(subject)) throw new Error(`no token to begin with: ${JSON.stringify(invoked)}`);
  };
  switch (state) {
    case 'nothing stored':
      return;
    case 'fresh':
      await first();
      // The slot at which the stored token is probed.
      stage.pass(15);
      return;
    case 'due':
      await first();
      stage.pass(20);
      return;
    case 'nearly dead':
      await first();
      stage.pass(52);
      return;
    case 'expired':
      await first();
      stage.pass(65);
      return;
    case 'incident open':
      await first();
      stage.zoho.revoke(stage.credentialsOf(subject).refresh_token ?? '');
      stage.pass(20);
      await stage.tick();
      stage.pass(5);
      stage.consentAgain(subject);
      return;
  }
}

function setFault(stage: StageOnClock, { call, fault }: Cell, subject: string): void {
  const kind = fault as FaultKind;
  const token = `zoho/${subject}/token`;
  const { faults } = stage.secretsManager;
  switch (call) {
    case 'Zoho token':
      stage.zoho.faults.set(fault as Fault, {
        path: '/oauth/v2/token',
        clientId: stage.credentialsOf(subject).client_id ?? '',
      });
      return;
    case 'SalesIQ probe':
      stage.zoho.faults.set(fault as Fault, { host: 'salesiq.zoho.in' });
      return;
    case 'Desk probe':
      stage.zoho.faults.set(fault as Fault, { host: 'desk.zoho.in' });
      return;
    case 'GetSecretValue token':
      faults.set({ kind, operations: ['GetSecretValue'], secretIds: [token], stages: ['AWSCURRENT'] });
      return;
    case 'GetSecretValue record':
      faults.set({ kind, operations: ['GetSecretValue'], secretIds: [token], stages: ['INCIDENT'] });
      return;
    case 'GetSecretValue credentials':
      faults.set({ kind, operations: ['GetSecretValue'], secretIds: [`zoho/${subject}/credentials`] });
      return;
    case 'PutSecretValue token':
      faults.set({ kind, operations: ['PutSecretValue'], secretIds: [token], stages: ['AWSCURRENT'] });
      return;
    case 'PutSecretValue record':
      faults.set({ kind, operations: ['PutSecretValue'], secretIds: [token], stages: ['INCIDENT'] });
      // A record is written when something fails: so something does.
      stage.zoho.faults.set('invalid_code', { clientId: stage.credentialsOf(subject).client_id ?? '' });
      return;
    case 'SNS Publish':
      stage.sns.faults.set({ kind });
      return;
    case 'clock of the Lambda':
      stage.skew(skews[fault] ?? 0);
      return;
  }
}

function clearFaults(stage: StageOnClock): void {
  stage.zoho.faults.clear();
  stage.secretsManager.faults.clear();
  stage.sns.faults.clear();
  stage.skew(0);
}

function outcomeOf(stage: StageOnClock, invoked: Invoked, subject: string): string {
  const result = stage.resultOf(invoked, subject);
  if (result !== undefined) return [result.outcome, result.code ?? ''].join(' ').trim();
  const line = invoked.lines
    .map((text) => JSON.parse(text) as Record<string, unknown>)
    .findLast((fields) => fields.event === 'connection' && fields.connection === subject);
  return `threw, ${[line?.outcome ?? '', line?.code ?? ''].join(' ').trim()}`;
}

/** Checks the invariants of one cell, from outside. */
class CellWatch {
  readonly #stage: StageOnClock;
  readonly #subject: string;
  readonly #other: string;
  readonly #broken: string[];
  #text: string | undefined;
  readonly #versions = new Set<string>();
  readonly #wasGood: boolean;

  constructor(stage: StageOnClock, subject: string, other: string, broken: string[]) {
    this.#stage = stage;
    this.#subject = subject;
    this.#other = other;
    this.#broken = broken;
    this.#text = stage.read(subject);
    this.#wasGood = stage.isGood(subject);
  }

  /** After a tick; `cell` while the fault lasts. */
  judge(invoked: Invoked, cell: Cell | undefined): void {
    const stage = this.#stage;
    const text = stage.read(this.#subject);
    if (text !== this.#text && text !== 'nothing stored yet' && !stage.isGood(this.#subject)) {
      this.#break(1, 'a token was stored that is not good');
    }
    this.#text = text;
    const hasLife = cell !== undefined && ['fresh', 'due', 'nearly dead'].includes(cell.state);
    const isEnded = cell?.call === 'SNS Publish' || cell?.fault === 'new_refresh_token';
    if (
      hasLife &&
      this.#wasGood &&
      !isEnded &&
      cell.call !== 'PutSecretValue record' &&
      !stage.isGood(this.#subject) &&
      cell.state !== 'nearly dead'
    ) {
      this.#break(2, 'an app had no token although the old one had life left');
    }
    if (!stage.isGood(this.#other))
      this.#break(2, `${this.#other} was not kept, though nothing was wrong with it`);
    this.#judgeHearing(invoked, cell);
    this.#judgeRequests();
    this.#judgeVersions();
  }

  /** The first tick after the fault is over and a person has done their work. */
  judgeHealing(invoked: Invoked): void {
    this.judge(invoked, undefined);
    if (!this.#stage.isGood(this.#subject)) this.#break(6, 'the tick after the fix did not heal');
  }

  judgeEnd(cell: Cell): void {
    const stage = this.#stage;
    if (!stage.isGood(this.#subject)) this.#break(6, 'no good token at the end');
    const states = stage
      .alerts()
      .filter(({ connection }) => connection === this.#subject)
      .map(({ state }) => state);
    if (states.length > 0 && states.at(-1) !== 'resolved') this.#break(3, `alerts end with ${states.at(-1)}`);
    let isOpen = false;
    let wasResolved = false;
    let repeats = 0;
    for (const state of states) {
      if ((state === 'open' && isOpen) || (state === 'resolved' && wasResolved)) repeats += 1;
      else if (state !== 'open' && !isOpen) this.#break(3, `"${state}" before "open"`);
      isOpen = state !== 'resolved';
      wasResolved = state === 'resolved';
    }
    // SNS may have taken an alert whose answer got lost, and a record may be refused after its alert is out.
    const isExcused =
      cell.call === 'PutSecretValue record' ||
      (cell.call === 'SNS Publish' && /^(reset-(during|after)-answer|hang|slow-drip)$/.test(cell.fault));
    if (repeats > 0 && !isExcused) this.#break(3, `${repeats} alerts repeated for no reason`);
    const found = searchForSecrets(stage.outputs(), stage.secrets);
    if (found !== undefined) this.#break(4, found);
    const unknown = stage.secretsManager.calls.filter(
      ({ operation }) => !['GetSecretValue', 'PutSecretValue'].includes(operation),
    );
    if (unknown.length > 0) this.#break(8, `called ${unknown[0]?.operation}`);
  }

  /** What a person must end is told at once, or the invocation fails. */
  #judgeHearing(invoked: Invoked, cell: Cell | undefined): void {
    const stage = this.#stage;
    const told = stage.alerts().filter(({ connection }) => connection === this.#subject);
    const isOpen = told.length > 0 && told.at(-1)?.state !== 'resolved';
    if (isOpen || invoked.error !== undefined) return;
    if (stage.read(this.#subject) === undefined || cell === undefined) return;
    const result = stage.resultOf(invoked, this.#subject);
    const needsPerson = [
      'credentials_missing',
      'invalid_client',
      'invalid_client_secret',
      'invalid_code',
      'prefix_mismatch',
      'scope_mismatch',
      'token_rejected',
      'setting_mismatch',
    ];
    if (needsPerson.includes(result?.code ?? '') && result?.outcome !== 'waiting') {
      this.#break(7, `${result?.code} and nobody heard`);
    }
    if (!stage.isGood(this.#subject) && result?.outcome === 'failed')
      this.#break(7, 'no usable token and nobody heard');
  }

  #judgeRequests(): void {
    const stage = this.#stage;
    const tails = new Set(
      stage.secretsManager
        .versions(`zoho/${this.#subject}/credentials`)
        .map(({ secretString }) => /"refresh_token":"([^"]+)"/.exec(secretString)?.[1] ?? '')
        .map(fingerprint),
    );
    for (const tail of tails) {
      const requests = stage.zoho.requests.filter(
        ({ kind, refreshTokenTail }) => kind === 'token' && refreshTokenTail === tail,
      );
      for (const { at } of requests) {
        if (requests.filter((request) => request.at >= at && request.at - at < 600_000).length > 5) {
          this.#break(5, 'more than five token requests in ten minutes');
        }
      }
      const throttled = requests.filter(({ outcome }) => outcome === 'throttled');
      const isHasty = throttled.some(({ at }) =>
        requests.some((request) => request.at > at && request.at - at < 14 * 60_000),
      );
      if (isHasty) this.#break(5, 'a token request within 15 minutes of a throttle answer');
    }
  }

  #judgeVersions(): void {
    for (const secret of ['token', 'credentials']) {
      const now = new Set(
        this.#stage.secretsManager
          .versions(`zoho/${this.#subject}/${secret}`)
          .map(({ versionId }) => versionId),
      );
      for (const known of this.#versions) {
        if (known.startsWith(secret) && !now.has(known.slice(secret.length)))
          this.#break(8, `a version of ${secret} is gone`);
      }
      for (const versionId of now) this.#versions.add(`${secret}${versionId}`);
    }
  }

  #break(invariant: number, what: string): void {
    const text = `${invariant}: ${what}`;
    if (!this.#broken.includes(text)) this.#broken.push(text);
  }
}

/** Plays cells side by side; most of their time is spent waiting. */
export async function playCells(
  cells: readonly Cell[],
  atOnce: number,
  onDone: (done: number) => void = () => {},
): Promise<CellResult[]> {
  const results: CellResult[] = [];
  const waiting = cells.map((cell, index) => ({ cell, index }));
  const workers = Array.from({ length: atOnce }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      results[next.index] = await playCell(next.cell);
      onDone(cells.length - waiting.length);
    }
  });
  await Promise.all(workers);
  return results;
}
