import type { DataCenter } from '../../lambda/connections/data-centers.ts';
import { madeUpHex, madeUpRecordId } from './made-up.ts';

/** A chat; its two ids belong to two APIs and are not interchangeable. */
export type Conversation = {
  /** Numeric id of the operator API, `/api/v2`. */
  id: string;
  /** Letter-digit id of the visitor API. */
  visitorId: string;
  question: string;
  departmentId: string;
  visitor: Record<string, unknown>;
  messages: string[];
  isClosed: boolean;
  endTime?: string;
};

/** The chats of every portal. */
export class Conversations {
  readonly #byPortal = new Map<string, Conversation[]>();

  /** A portal's chats, oldest first. */
  of(dataCenter: DataCenter, screenName: string): Conversation[] {
    const key = `${dataCenter}/${screenName}`;
    const chats = this.#byPortal.get(key) ?? [];
    this.#byPortal.set(key, chats);
    return chats;
  }

  /** Opens a chat in a portal. */
  open(
    dataCenter: DataCenter,
    screenName: string,
    chat: Pick<Conversation, 'question' | 'departmentId' | 'visitor'>,
  ): Conversation {
    const opened = { id: madeUpRecordId(), visitorId: madeUpHex(24), messages: [], isClosed: false, ...chat };
    this.of(dataCenter, screenName).push(opened);
    return opened;
  }
}

/** Ends a chat. @param at - Epoch milliseconds. */
export function closeChat(chat: Conversation, at: number): void {
  chat.isClosed = true;
  chat.endTime ??= `${at}`;
}

/** A chat as SalesIQ describes it in `data`. @param id - The id of the API that is asked. */
export function chatAsJson(chat: Conversation, id: string): Record<string, unknown> {
  return {
    id,
    chat_id: `x_${chat.visitorId.slice(0, 16)}`,
    reference_id: chat.id.slice(-6),
    question: chat.question,
    status: chat.isClosed ? 'closed' : 'waiting',
    chat_status: chat.isClosed ? { status_code: 2, state: 4 } : { status_code: 1, state: 1 },
    ...(chat.endTime ? { end_time: chat.endTime } : {}),
    department: { id: chat.departmentId },
    visitor: chat.visitor,
  };
}
