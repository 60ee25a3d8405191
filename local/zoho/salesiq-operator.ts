import { chatAsJson, closeChat } from './conversations.ts';
import type { Reply } from './reply.ts';
import { salesiqError } from './salesiq-errors.ts';
import { type SalesiqRequest, type SalesiqRoute, salesiqData } from './salesiq-route.ts';

/** SalesIQ lists twenty records a page. */
const pageSize = 20;

/** The operator API, `/api/v2`: reads, and the close of a chat. It takes user and organisation tokens. */
export const operatorRoutes: SalesiqRoute[] = [
  {
    method: 'GET',
    path: /^\/api\/v2\/([^/]+)\/departments$/,
    scopes: ['SalesIQ.departments.READ'],
    carryOut: ({ call, token }) =>
      salesiqData(
        call,
        'list',
        token.grant.portal.departmentIds.slice(0, pageSize).map((id) => ({ id, name: `Department ${id}` })),
      ),
  },
  {
    method: 'GET',
    path: /^\/api\/v2\/([^/]+)\/apps\/([^/]+)$/,
    scopes: ['SalesIQ.apps.READ'],
    carryOut: ({ call, token, id }) =>
      token.grant.portal.appIds.includes(id)
        ? salesiqData(call, 'apps', { id, name: `Brand ${id}` })
        : salesiqError(1019),
  },
  {
    method: 'GET',
    path: /^\/api\/v2\/([^/]+)\/conversations$/,
    scopes: ['SalesIQ.conversations.READ'],
    carryOut: (request) => {
      const chats = chatsOf(request).slice(0, pageSize);
      return salesiqData(
        request.call,
        'list',
        chats.map((chat) => chatAsJson(chat, chat.id)),
      );
    },
  },
  {
    method: 'GET',
    path: /^\/api\/v2\/([^/]+)\/conversations\/([^/]+)$/,
    scopes: ['SalesIQ.conversations.READ'],
    carryOut: readChat,
  },
  {
    method: 'PUT',
    path: /^\/api\/v2\/([^/]+)\/conversations\/([^/]+)\/close$/,
    scopes: ['SalesIQ.conversations.UPDATE'],
    carryOut: (request) => {
      const chat = chatsOf(request).find(({ id }) => id === request.id);
      if (chat) closeChat(chat, request.world.now());
      return readChat(request);
    },
  },
];

function chatsOf({ world, token, screenName }: SalesiqRequest) {
  return world.conversations.of(token.grant.dataCenter, screenName);
}

function readChat(request: SalesiqRequest): Reply {
  const chat = chatsOf(request).find(({ id }) => id === request.id);
  return chat
    ? salesiqData(request.call, 'conversations', chatAsJson(chat, chat.id))
    : salesiqError(1019, { param: 'conversation_id' });
}
