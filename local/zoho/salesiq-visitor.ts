import { type Conversation, chatAsJson, closeChat } from './conversations.ts';
import type { Reply } from './reply.ts';
import { salesiqError } from './salesiq-errors.ts';
import { type SalesiqRequest, type SalesiqRoute, salesiqData } from './salesiq-route.ts';

/** The visitor API: opens a chat on a visitor's behalf. It takes organisation tokens only, else 1009. */
export const visitorRoutes: SalesiqRoute[] = [
  {
    method: 'POST',
    path: /^\/api\/visitor\/v1\/([^/]+)\/conversations$/,
    scopes: ['SalesIQ.conversations.CREATE'],
    isForOrganisation: true,
    carryOut: (request) => withJsonBody(request, (body) => openChat(request, body)),
  },
  {
    method: 'POST',
    path: /^\/api\/visitor\/v1\/([^/]+)\/conversations\/([^/]+)\/messages$/,
    scopes: ['SalesIQ.conversations.CREATE'],
    isForOrganisation: true,
    carryOut: (request) =>
      withJsonBody(request, ({ text }) => {
        const chat = chatOf(request);
        if (!chat) return salesiqError(1019, { param: 'conversation_id' });
        if (!isText(text)) return salesiqError(1011, { json_key: 'text' });
        chat.messages.push(text);
        return salesiqData(request.call, 'messages', { text });
      }),
  },
  {
    method: 'PUT',
    path: /^\/visitor\/v2\/([^/]+)\/conversations\/([^/]+)\/close$/,
    scopes: ['SalesIQ.conversations.UPDATE'],
    isForOrganisation: true,
    carryOut: (request) => {
      const chat = chatOf(request);
      if (!chat) return salesiqError(1019, { param: 'conversation_id' });
      closeChat(chat, request.world.now());
      return salesiqData(request.call, 'conversations', chatAsJson(chat, chat.visitorId));
    },
  },
];

function openChat(request: SalesiqRequest, body: Record<string, unknown>): Reply {
  const { app_id: appId, department_id: departmentId, question, visitor } = body;
  const { departmentIds, appIds } = request.token.grant.portal;
  if (!isText(appId)) return salesiqError(1011, { json_key: 'app_id' });
  if (!isText(departmentId)) return salesiqError(1011, { json_key: 'department_id' });
  if (!isText(question)) return salesiqError(1011, { json_key: 'question' });
  if (!isObject(visitor) || !isText(visitor.user_id))
    return salesiqError(1011, { json_key: 'visitor.user_id' });
  if (!appIds.includes(appId)) return salesiqError(1019, { json_key: 'app_id' });
  if (!departmentIds.includes(departmentId)) return salesiqError(1019, { json_key: 'department_id' });
  const chat = request.world.conversations.open(request.token.grant.dataCenter, request.screenName, {
    question,
    departmentId,
    visitor,
  });
  return salesiqData(request.call, 'conversations', chatAsJson(chat, chat.visitorId));
}

function withJsonBody({ call }: SalesiqRequest, carryOut: (body: Record<string, unknown>) => Reply): Reply {
  if (!/^application\/json\b/i.test(call.headers['content-type'] ?? '')) {
    return salesiqError(1054, { header: 'Content-Type' });
  }
  let body: unknown;
  try {
    body = JSON.parse(call.body);
  } catch {
    return salesiqError(1015);
  }
  return isObject(body) ? carryOut(body) : salesiqError(1007);
}

function chatOf({ world, token, screenName, id }: SalesiqRequest): Conversation | undefined {
  const chats = world.conversations.of(token.grant.dataCenter, screenName);
  return chats.find(({ visitorId }) => visitorId === id);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
