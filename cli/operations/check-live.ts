import { randomBytes } from 'node:crypto';
import type { CallService } from './call-service.ts';
import type { Proved } from './check-reads.ts';
import { CheckFault, type Ready } from './check-result.ts';

/** In everything that a live check makes, so that people see what it is. */
const mark = '[zoho-tokens check] test, please ignore';

/** A chat that a live check has opened; its id belongs to the visitor API. */
export type OpenedChat = { readonly visitorChatId: string; readonly question: string };

/** Chat Transfer: opens a chat on behalf of a marked test visitor. @throws {@link CheckFault} */
export async function transferLive(call: CallService, ready: Ready): Promise<Proved & { chat: OpenedChat }> {
  const { screen_name: screenName, app_id, department_id } = ready.connection.settings;
  const tag = randomBytes(6).toString('hex');
  const question = `${mark} ${tag}`;
  const answer = await call(ready, 'POST', `/api/visitor/v1/${screenName}/conversations`, {
    app_id,
    department_id,
    question,
    visitor: { user_id: `zoho-tokens-check-${tag}`, name: mark },
  });
  const id = idOf(answer?.data);
  return { reason: `a test chat was opened (${id})`, notes: [], chat: { visitorChatId: id, question } };
}

/**
 * Chat Closure: closes the chat that the transfer opened.
 *
 * The operator API has an id of its own for it, found by the question.
 *
 * @throws {@link CheckFault}
 */
export async function closeLive(call: CallService, ready: Ready, { question }: OpenedChat): Promise<Proved> {
  const conversations = `/api/v2/${ready.connection.settings.screen_name}/conversations`;
  const answer = await call(ready, 'GET', conversations);
  const list = Array.isArray(answer?.data) ? (answer.data as { id?: unknown; question?: unknown }[]) : [];
  const found = list.find((chat) => chat?.question === question);
  if (found === undefined) {
    throw new CheckFault(
      'the test chat is not among the conversations that this token sees',
      'compare screen_name and data_center of the two SalesIQ connections in connections.json',
    );
  }
  const id = idOf(found);
  await call(ready, 'PUT', `${conversations}/${id}/close`);
  return { reason: `the test chat was closed (${id})`, notes: [] };
}

/** Closes the test chat as its visitor if the operator could not. @returns What is left behind. */
export async function closeAsVisitor(call: CallService, ready: Ready, { visitorChatId }: OpenedChat): Promise<string> {
  const path = `/visitor/v2/${ready.connection.settings.screen_name}/conversations/${visitorChatId}/close`;
  try {
    await call(ready, 'PUT', path);
    return 'the test chat was closed as its visitor';
  } catch (fault) {
    if (!(fault instanceof CheckFault)) throw fault;
    return `the test chat ${visitorChatId} is still open: close it by hand in SalesIQ`;
  }
}

/** Callback Creation: creates a call record. No grant of this system may delete it. @throws {@link CheckFault} */
export async function callBackLive(call: CallService, ready: Ready, contactId: string, now: Date): Promise<Proved> {
  const answer = await call(ready, 'POST', '/api/v1/calls', {
    departmentId: ready.connection.settings.department_id,
    contactId,
    subject: mark,
    startTime: now.toISOString(),
    direction: 'outbound',
    duration: '0',
    status: 'Completed',
  });
  const id = idOf(answer);
  return {
    reason: `a test call was created (${id})`,
    notes: [`delete the call ${id} by hand in Desk: the scopes here do not allow it`],
  };
}

function idOf(record: unknown): string {
  const id = (record as { id?: unknown } | undefined)?.id;
  if (typeof id === 'string' && /^\w{1,64}$/.test(id)) return id;
  throw new CheckFault('the answer has no id', 'look whether the API has changed: Zoho’s REST API pages');
}
