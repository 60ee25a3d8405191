import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { parseObject } from '../../../lambda/parse-object.ts';
import { isUsable } from '../../../lambda/stored-token.ts';
import type { ZohoAnswer } from '../../../lambda/zoho/call-zoho.ts';
import { chooseProbe, errorRowOf, readProbeAnswer } from '../../../lambda/zoho/probe.ts';
import { missingScopes } from '../../../lambda/zoho/scopes.ts';
import { type Service, serviceHost, services } from '../../../lambda/zoho/services.ts';
import { readStored } from '../../stored/stored.ts';
import type { AnswerAssumption } from '../assumption.ts';
import { assumptions } from '../assumptions.ts';
import { attempt, CannotTry, differs, each, type Finding, type Findings, holds, judge } from '../attempt.ts';
import type { Subject } from '../subject.ts';

/** Between two reads, so that nobody takes them for an attack. */
const pauseMilliseconds = 200;

/** Asks each service with its stored token what the stand-in answers to the same reads; nothing is ever written. */
export async function askServices(on: Subject): Promise<Findings> {
  return each(on.connections, (connection) =>
    attempt(['zoho.probe'], connection.name, () => askService(on, connection)),
  );
}

async function askService({ place, wait }: Subject, connection: Connection): Promise<Findings> {
  const { service, dataCenter, settings } = connection;
  const { token } = await readStored(place, connection);
  const { document } = token;
  let silence = isUsable(token, place.now()) ? undefined : 'no usable token is stored';
  return each(questionsOf(connection, document?.scopes), (question) =>
    attempt([question.id], undefined, async () => {
      const whyNot = question.whyNot ?? silence;
      if (whyNot !== undefined || document === undefined) throw new CannotTry(whyNot);
      const own = question.headers ?? services[service].headers?.(settings);
      const headers = { ...own, ...authorizationOf(document.accessToken.reveal(), question) };
      const host = serviceHost(service, dataCenter) ?? '';
      await wait(pauseMilliseconds);
      const answer = await place.callZoho({ host, method: 'GET', path: question.path, headers });
      if (isLimit(answer)) silence = 'the service asks to wait';
      if (silence !== undefined) throw new CannotTry(silence);
      return judgeAnswer(connection, question.id, answer, document.scopes);
    }),
  );
}

function authorizationOf(token: string, question: Question): Record<string, string> {
  if (question.token === 'none') return {};
  const sent = question.token === 'changed' ? withOtherEnd(token) : token;
  return { authorization: `Zoho-oauthtoken ${sent}` };
}

export function withOtherEnd(token: string): string {
  return `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`;
}

function isLimit({ status, body }: ZohoAnswer): boolean {
  return status === 429 || Object(parseObject(body)?.error).code === 1023;
}

/** What an answer without an error looks like; `undefined` if the question expects an error. */
function fitsShape(id: string, status: number, body: object = {}): readonly [boolean, string] | undefined {
  const has = (...keys: string[]) => status === 200 && keys.every((key) => Object.hasOwn(body, key));
  if (id === 'salesiq.read') return [has('url', 'object', 'data'), 'HTTP 200 with url, object and data'];
  if (id === 'desk.read') return [has('data'), 'HTTP 200 with data'];
  return id === 'desk.empty' ? [status === 204, 'HTTP 204'] : undefined;
}

function judgeAnswer(connection: Connection, id: string, answer: ZohoAnswer, scopes?: readonly string[]): Finding {
  const service = services[connection.service];
  const body = parseObject(answer.body);
  const found = `HTTP ${answer.status} ${shownCode(body && service.errorCodeOf(body))}`.trimEnd();
  if (id === 'zoho.probe') {
    const probe = chooseProbe(connection, scopes) ?? surest;
    const { verdict } = readProbeAnswer(service, probe, answer);
    if (verdict === 'cannot tell') throw new CannotTry(`the answer proves nothing: ${found}`);
    return judge(id, verdict === 'accepted', 'accepted', `${verdict}: ${found}`);
  }
  const shape = fitsShape(id, answer.status, body);
  if (shape !== undefined) return judge(id, ...shape, found);
  const row = assumptions.get(id === 'desk.no_org_id' ? 'desk.UNPROCESSABLE_ENTITY' : id) as AnswerAssumption;
  const expected = `HTTP ${row.answer.status} ${row.code}`;
  const message = String(Object(body?.error).message ?? body?.message ?? '');
  if (found === expected) {
    if (message === row.answer.message) return holds(id);
    return { ...differs(id, `"${row.answer.message}"`, 'another text (see --save)'), isHarmless: true };
  }
  // Where another status or code leads the refresher to the same verdict, no promise breaks.
  const { verdict } = readProbeAnswer(service, surest, answer);
  const isHarmless = verdict === (errorRowOf(service, row.code)?.[0] ?? 'cannot tell');
  return { ...differs(id, expected, found), isHarmless };
}

/** A read for which every answer counts. */
const surest = { path: '', isRequired: true, isCovered: true, errors: {} };

function shownCode(code: unknown): string {
  if (code === undefined || code === null) return '';
  return /^(\d{1,5}|[A-Z][A-Z_]{2,40})$/.test(String(code)) ? String(code) : 'with a code of another form';
}

/** One read of a service, and the assumption that its answer settles. */
type Question = {
  /** With the error code that is expected, e.g. `desk.INVALID_OAUTH`; else a shape, e.g. `desk.read`. */
  readonly id: string;
  readonly path: string;
  readonly token?: 'changed' | 'none';
  readonly headers?: Readonly<Record<string, string>>;
  /** Why it is not asked. */
  readonly whyNot?: string | undefined;
};

/** Organisations and apps have long numbers: nobody's is this. */
const nobody = '1';
const noPortal = 'zoho-tokens-verify-no-such-portal';

/** What a service is asked beside its probe. */
type Room = {
  readonly lacksScope: string;
  /** Reads by the scope that they need: one that the token lacks is tried. */
  readonly reads: Readonly<Record<string, string>>;
  readonly others: readonly (Question & { readonly scope?: string })[];
};

/** @param probe - The path that the token may read. */
function roomOf({ service, settings }: Connection, probe: string): Room {
  const { screen_name, app_id = nobody } = settings;
  const [portal, departments] = [`/api/v2/${screen_name}`, '/api/v1/departments'];
  const scope = 'Desk.departments.READ';
  const rooms: Readonly<Record<Service, Room>> = {
    salesiq: {
      lacksScope: 'salesiq.1009',
      reads: {
        'SalesIQ.departments.READ': `${portal}/departments`,
        'SalesIQ.conversations.READ': `${portal}/conversations`,
        'SalesIQ.apps.READ': `${portal}/apps/${app_id}`,
      },
      others: [
        { id: 'salesiq.1008', path: probe, token: 'changed' },
        { id: 'salesiq.read', path: probe },
        { id: 'salesiq.1002', path: probe, token: 'none' },
        { id: 'salesiq.1005', path: probe.replace(`/${screen_name}/`, `/${noPortal}/`) },
        { id: 'salesiq.1006', path: `${portal}/no-such-resource` },
        { id: 'salesiq.1019', path: `${portal}/apps/${nobody}`, scope: 'SalesIQ.apps.READ' },
      ],
    },
    desk: {
      lacksScope: 'desk.SCOPE_MISMATCH',
      reads: {
        'Desk.tickets.READ': '/api/v1/tickets?limit=1',
        'Desk.calls.READ': '/api/v1/calls?limit=1',
        'Desk.basic.READ': `${departments}?limit=1`,
      },
      others: [
        { id: 'desk.INVALID_OAUTH', path: probe, token: 'changed' },
        { id: 'desk.read', path: `${departments}?limit=1`, scope },
        { id: 'desk.empty', path: `${departments}?from=1000&limit=1`, scope },
        { id: 'desk.UNAUTHORIZED', path: probe, token: 'none' },
        { id: 'desk.UNPROCESSABLE_ENTITY', path: probe, headers: { orgId: nobody } },
        { id: 'desk.no_org_id', path: probe, headers: {} },
        { id: 'desk.URL_NOT_FOUND', path: '/api/v1/no-such-resource' },
        { id: 'desk.INVALID_DATA', path: `${departments}?limit=0`, scope },
      ],
    },
    crm: {
      lacksScope: 'crm.OAUTH_SCOPE_MISMATCH',
      reads: { 'ZohoCRM.users.READ': '/crm/v8/users?type=CurrentUser', 'ZohoCRM.org.READ': '/crm/v8/org' },
      others: [
        { id: 'crm.INVALID_TOKEN', path: probe, token: 'changed' },
        { id: 'crm.INVALID_URL_PATTERN', path: '/crm/v8/no-such-resource' },
      ],
    },
  };
  return rooms[service];
}

/** @param scopes - What the token holds; `undefined` if Zoho named none, then the required ones are assumed. */
function questionsOf(connection: Connection, scopes: readonly string[] | undefined): readonly Question[] {
  const probe = chooseProbe(connection, scopes);
  const { lacksScope, reads, others } = roomOf(connection, probe?.path ?? '');
  const lacks = (scope: string) => missingScopes([scope], scopes ?? connection.requiredScopes).length > 0;
  const uncovered = Object.entries(reads).find(([scope]) => lacks(scope))?.[1];
  const whyNone = uncovered === undefined ? 'the grant covers every read that is known here' : undefined;
  const whyNot = scopes === undefined ? 'Zoho did not say what the grant covers' : whyNone;
  const questions: Question[] = [
    { id: 'zoho.probe', path: probe?.path ?? '' },
    { id: lacksScope, path: uncovered ?? '', whyNot },
    ...others.map(({ scope = '', ...other }) => ({
      ...other,
      whyNot: scope !== '' && lacks(scope) ? `the grant lacks ${scope}` : undefined,
    })),
  ];
  if (probe?.isCovered === true) return questions;
  return questions.map((question) => ({ ...question, whyNot: 'the grant covers no harmless read' }));
}
