import { randomBytes } from 'node:crypto';
import { Refusal } from '../faults.ts';
import { callService, type Proved, type Ready } from './operation.ts';
import { listOf } from './prove.ts';

/** In everything that a live check makes, so that people see what it is. */
const mark = '[zoho-tokens check] test, please ignore';

/** A chat that a live check has opened, and by which token; its id belongs to the visitor API. */
export type OpenedChat = { readonly id: string; readonly question: string; readonly by: Ready };

/** Chat Transfer: opens a chat on behalf of a marked test visitor. */
export async function transferLive(by: Ready): Promise<Proved & { chat: OpenedChat }> {
  const { screen_name: screenName, app_id, department_id } = by.connection.settings;
  const tag = randomBytes(6).toString('hex');
  const question = `${mark} ${tag}`;
  const visitor = { user_id: `zoho-tokens-check-${tag}`, name: mark };
  const path = `/api/visitor/v1/${screenName}/conversations`;
  const answer = await callService(by, 'POST', path, { app_id, department_id, question, visitor });
  const id = idOf(answer?.data);
  return { reason: `a test chat was opened (${id})`, notes: [], chat: { id, question, by } };
}

/** Chat Closure: closes the chat that the transfer opened, or as its visitor if the operator cannot. */
export async function closeLive(ready: Ready, chat: OpenedChat | undefined): Promise<Proved> {
  if (chat === undefined)
    throw new Refusal('not tried: there is no test chat to close', 'correct the chat transfer first');
  try {
    return await closeAsOperator(ready, chat);
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    const left = await closeAsVisitor(chat);
    throw new Refusal(`${fault.message}; ${left}`, fault.fix);
  }
}

/** The operator API has an id of its own for the chat, found by the question. */
async function closeAsOperator(ready: Ready, { question }: OpenedChat): Promise<Proved> {
  const conversations = `/api/v2/${ready.connection.settings.screen_name}/conversations`;
  const list = listOf(await callService(ready, 'GET', conversations));
  const found = list.find((chat) => Object(chat).question === question);
  if (found === undefined) {
    throw new Refusal(
      'the test chat is not among the conversations that this token sees',
      'compare screen_name and data_center of the two SalesIQ connections in connections.json',
    );
  }
  const id = idOf(found);
  await callService(ready, 'PUT', `${conversations}/${id}/close`);
  return { reason: `the test chat was closed (${id})`, notes: [] };
}

/** @returns What is left behind. */
async function closeAsVisitor({ id, by }: OpenedChat): Promise<string> {
  try {
    await callService(by, 'PUT', `/visitor/v2/${by.connection.settings.screen_name}/conversations/${id}/close`);
    return 'the test chat was closed as its visitor';
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    return `the test chat ${id} is still open: close it by hand in SalesIQ`;
  }
}

/** Callback Creation: creates a call record. No grant of this system may delete it. */
export async function callBackLive(ready: Ready, contactId: string, now: Date): Promise<Proved> {
  const answer = await callService(ready, 'POST', '/api/v1/calls', {
    departmentId: ready.connection.settings.department_id,
    contactId,
    subject: mark,
    startTime: now.toISOString(),
    direction: 'outbound',
    duration: '0',
    status: 'Completed',
  });
  const id = idOf(answer);
  const note = `delete the call ${id} by hand in Desk: the scopes here do not allow it`;
  return { reason: `a test call was created (${id})`, notes: [note] };
}

function idOf(record: unknown): string {
  const { id } = Object(record);
  if (typeof id === 'string' && /^\w{1,64}$/.test(id)) return id;
  throw new Refusal('the answer has no id', 'look whether the API has changed: Zoho’s REST API pages');
}
