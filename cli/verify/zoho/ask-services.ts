import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { parseObject } from '../../../lambda/parse-object.ts';
import { isUsable } from '../../../lambda/stored-token.ts';
import type { CallZoho, ZohoAnswer } from '../../../lambda/zoho/call-zoho.ts';
import { chooseProbe, readProbeAnswer } from '../../../lambda/zoho/probe.ts';
import { serviceHost, services } from '../../../lambda/zoho/services.ts';
import type { Place } from '../../place/place.ts';
import { readStored } from '../../stored/read-stored.ts';
import type { AnswerAssumption } from '../assumption.ts';
import { assumptions } from '../assumptions.ts';
import { attempt, differs, type Finding, holds, judge, notTried } from '../finding.ts';
import type { Subject } from '../subject.ts';
import { headersOf, type Question, questionsOf } from './questions.ts';

/** Between two reads, so that nobody takes them for an attack. */
const pauseMilliseconds = 300;

/** Asks each service with its stored token what the stand-in answers to the same reads; nothing is ever written. */
export async function askServices(
  place: Place,
  callZoho: CallZoho,
  subject: Subject,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const connection of subject.connections) {
    findings.push(...(await attempt(['zoho.probe'], () => askService(place, callZoho, subject, connection))));
  }
  return findings;
}

async function askService(
  place: Place,
  callZoho: CallZoho,
  subject: Subject,
  connection: Connection,
): Promise<readonly Finding[]> {
  const { name, service, dataCenter } = connection;
  const { token } = await readStored(place, connection);
  const { document } = token;
  const { questions, unasked } = questionsOf(connection, document?.scopes);
  const findings = unasked.map(({ id, why }) => notTried(id, why, name));
  let silence =
    document !== undefined && isUsable(token, place.now()) ? undefined : 'no usable token is stored';
  for (const question of questions) {
    if (silence !== undefined || document === undefined) {
      findings.push(notTried(question.id, silence ?? '', name));
      continue;
    }
    const authorization = authorizationOf(document.accessToken.reveal(), question);
    const headers = { ...headersOf(connection, question), ...authorization };
    const host = serviceHost(service, dataCenter) ?? '';
    findings.push(
      ...(await attempt([question.id], async () => {
        const answer = await callZoho({ host, method: 'GET', path: question.path, headers });
        if (isLimit(answer)) silence = 'the service asks to wait';
        if (silence !== undefined) return [notTried(question.id, silence, name)];
        return [judgeAnswer(connection, question, answer, document.scopes)];
      })),
    );
    await subject.wait(pauseMilliseconds);
  }
  return findings;
}

function authorizationOf(token: string, question: Question): Record<string, string> {
  if (question.token === 'none') return {};
  const sent = question.token === 'changed' ? withOtherEnd(token) : token;
  return { authorization: `Zoho-oauthtoken ${sent}` };
}

/** A token of the same shape that nobody has. */
export function withOtherEnd(token: string): string {
  return `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`;
}

function isLimit({ status, body }: ZohoAnswer): boolean {
  return status === 429 || Object(parseObject(body)?.error).code === 1023;
}

function judgeAnswer(
  connection: Connection,
  { id }: Question,
  answer: ZohoAnswer,
  scopes: readonly string[] | undefined,
): Finding {
  const service = services[connection.service];
  const body = parseObject(answer.body);
  const code = body === undefined ? undefined : service.errorCodeOf(body);
  const found = code === undefined ? `HTTP ${answer.status}` : `HTTP ${answer.status} ${code}`;
  const { name } = connection;
  if (id === 'zoho.probe') {
    const probe = chooseProbe(connection, scopes);
    const { verdict } = probe ? readProbeAnswer(service, probe, answer) : { verdict: 'cannot tell' };
    return judge(id, verdict === 'accepted', ['accepted', `${verdict}: ${found}`], name);
  }
  if (id === 'salesiq.read') {
    const isGood =
      answer.status === 200 && ['url', 'object', 'data'].every((key) => Object.hasOwn(body ?? {}, key));
    return judge(id, isGood, ['HTTP 200 with url, object and data', found], name);
  }
  if (id === 'desk.read') {
    const isGood = answer.status === 200 && Array.isArray(body?.data);
    return judge(id, isGood, ['HTTP 200 with data', found], name);
  }
  if (id === 'desk.empty') return judge(id, answer.status === 204, ['HTTP 204', found], name);
  const expected = id === 'desk.no_org_id' ? 'desk.UNPROCESSABLE_ENTITY' : id;
  return compare(id, expected, answer.status, String(code), messageOf(body), name);
}

function messageOf(body: Readonly<Record<string, unknown>> | undefined): string {
  return String(Object(body?.error).message ?? body?.message ?? '');
}

/** The refresher reads codes: another status or text under the same code breaks no promise. */
function compare(
  id: string,
  expectedId: string,
  status: number,
  code: string,
  message: string,
  where: string,
): Finding {
  const row = assumptions.get(expectedId) as AnswerAssumption;
  const expectedCode = expectedId.slice(expectedId.indexOf('.') + 1);
  const isSame = status === row.answer.status && code === expectedCode;
  if (isSame && message === row.answer.message) return holds(id, '', where);
  const text = isSame ? 'another text (see --save)' : `HTTP ${status} ${code}`;
  const expected = isSame ? `"${row.answer.message}"` : `HTTP ${row.answer.status} ${expectedCode}`;
  return { ...differs(id, expected, text, where), isHarmless: code === expectedCode };
}
