import * as v from 'valibot';
import { salesiqErrors } from '../../../cli/verify/zoho-assumptions.ts';
import { parseObject } from '../../../lambda/parse-object.ts';
import { madeUpHex, madeUpRecordId } from '../made-up.ts';
import { json, type Reply } from '../reply.ts';
import { errorsOf, route, type ServiceRequest, type ServiceStandIn } from './service.ts';

/** Its errors, in the words that the table of assumptions has. */
const errors = errorsOf(salesiqErrors, {
  1001: { title: 'SalesIQ 1001, a fault of SalesIQ' },
  1005: { judged: 'setting_mismatch', title: 'SalesIQ 1005, invalid portal' },
  1008: { judged: 'token_rejected', title: 'SalesIQ 1008, invalid OAuthToken' },
  1009: { judged: 'scope_mismatch', title: 'SalesIQ 1009, invalid OAuthScope' },
  1010: { judged: 'setting_mismatch', title: 'SalesIQ 1010, invalid method' },
  1016: { title: 'SalesIQ 1016, operator lacks a permission' },
  1023: { title: 'SalesIQ 1023, too many requests' },
});

/** Status 400, as recorded; Zoho documents 200, to which the fault `salesiq_errors_200` switches. */
function refuse(code: number, where: Record<string, string> = {}): Reply {
  const { status = 400, message = `Error ${code}` } = errors[code] ?? {};
  return json(status, { error: { code, message, ...where } }, `${code}`);
}

const data = ({ call }: ServiceRequest, object: string, content: unknown) =>
  json(200, { url: call.path, object, data: content }, 'ok');

/** A chat; its two ids belong to two APIs and are not interchangeable. */
type Chat = {
  /** Numeric id of the operator API, `/api/v2`. */
  id: string;
  /** Letter-digit id of the visitor API. */
  visitorId: string;
  question: string;
  departmentId: string;
  visitor: Record<string, unknown>;
  endTime?: string;
};

function chatsOf({ world, token, groups: [screenName = ''] }: ServiceRequest): Chat[] {
  return world.records.of('chats', token.grant.dataCenter, screenName);
}

/** @param idName - Which of its ids the API that answers shows. */
function chatAsJson(chat: Chat, idName: 'id' | 'visitorId'): Record<string, unknown> {
  return {
    id: chat[idName],
    chat_id: `x_${chat.visitorId.slice(0, 16)}`,
    reference_id: chat.id.slice(-6),
    question: chat.question,
    status: chat.endTime ? 'closed' : 'waiting',
    chat_status: chat.endTime ? { status_code: 2, state: 4 } : { status_code: 1, state: 1 },
    ...(chat.endTime && { end_time: chat.endTime }),
    department: { id: chat.departmentId },
    visitor: chat.visitor,
  };
}

const closeChat = (idName: 'id' | 'visitorId') => (request: ServiceRequest) => {
  const chat = chatsOf(request).find((each) => each[idName] === request.groups[1]);
  if (!chat) return refuse(1019, { param: 'conversation_id' });
  chat.endTime ??= `${request.world.now()}`;
  return data(request, 'conversations', chatAsJson(chat, idName));
};

const text = v.pipe(v.string(), v.nonEmpty());
/** What a chat is opened with. */
const newChat = v.object({
  app_id: text,
  department_id: text,
  question: text,
  visitor: v.looseObject({ user_id: text }),
});

function openChat(request: ServiceRequest): Reply {
  const { headers } = request.call;
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) return refuse(1054, { header: 'Content-Type' });
  const body = parseObject(request.call.body);
  if (!body) return refuse(1015);
  const read = v.safeParse(newChat, { visitor: {}, ...body });
  if (!read.success) return refuse(1011, { json_key: v.getDotPath(read.issues[0]) ?? '' });
  const { app_id: appId, department_id: departmentId, question, visitor } = read.output;
  const { departmentIds, appIds } = request.token.grant.portal;
  if (!appIds.includes(appId)) return refuse(1019, { json_key: 'app_id' });
  if (!departmentIds.includes(departmentId)) return refuse(1019, { json_key: 'department_id' });
  const chat = { id: madeUpRecordId(), visitorId: madeUpHex(24), question, departmentId, visitor };
  chatsOf(request).push(chat);
  return data(request, 'conversations', chatAsJson(chat, 'visitorId'));
}

/** SalesIQ lists twenty records a page. */
const pageSize = 20;

const may = (right: string) => [`SalesIQ.${right}`];
/** `/api/v2` is the operator API; the visitor API takes organisation tokens only. */
const routes = [
  route('GET', '/api/v2/:screen/departments', may('departments.READ'), (request) => {
    const ids = request.token.grant.portal.departmentIds.slice(0, pageSize);
    const departments = ids.map((id) => ({ id, name: `Department ${id}` }));
    return data(request, 'list', departments);
  }),
  route('GET', '/api/v2/:screen/apps/:id', may('apps.READ'), (request) => {
    const [, id = ''] = request.groups;
    const isKnown = request.token.grant.portal.appIds.includes(id);
    return isKnown ? data(request, 'apps', { id, name: `Brand ${id}` }) : refuse(1019);
  }),
  route('GET', '/api/v2/:screen/conversations', may('conversations.READ'), (request) => {
    const chats = chatsOf(request).map((chat) => chatAsJson(chat, 'id'));
    return data(request, 'list', chats.slice(0, pageSize));
  }),
  route('PUT', '/api/v2/:screen/conversations/:id/close', may('conversations.UPDATE'), closeChat('id')),
  route('POST', '/api/visitor/v1/:screen/conversations', may('conversations.CREATE'), openChat),
  route('PUT', '/visitor/v2/:screen/conversations/:id/close', may('conversations.UPDATE'), closeChat('visitorId')),
];

function checkPortal({ call, token, groups: [screenName] }: ServiceRequest): Reply | undefined {
  if (screenName !== token.grant.portal.screenName) return refuse(1005);
  const isForOrganisation = !call.path.startsWith('/api/v2/');
  return isForOrganisation && !token.accessToken.startsWith('1005.') ? refuse(1009) : undefined;
}

export const salesiq: ServiceStandIn = {
  scopes: /^salesiq\.(conversations|departments|apps|operators)\.(read|create|update|delete|all)$/i,
  correct: (scope) =>
    scope.replace(/^ZohoSalesIQ\./i, 'SalesIQ.').replace(/^SalesIQ\.chats\./i, 'SalesIQ.conversations.'),
  errors,
  refuse: (code) => refuse(Number(code)),
  refusals: { path: '1006', header: '1002', token: '1008', method: '1010', scope: '1009' },
  schemes: ['zoho-oauthtoken', 'bearer'],
  check: checkPortal,
  routes,
};
