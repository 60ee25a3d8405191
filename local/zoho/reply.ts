import type { AnswerAssumption } from '../../cli/verify/assumption.ts';
import { tokenRefusals } from '../../cli/verify/zoho-assumptions.ts';

/** An answer that is ready to be sent, with the word under which the request log lists it. */
export type Reply = { status: number; headers: Record<string, string>; body: string; outcome: string };

/** A JSON answer, with the content type that Zoho sends. */
export function json(status: number, value: unknown, outcome: string, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
    body: JSON.stringify(value),
    outcome,
  };
}

/** A page; `content` is HTML already. */
export function html(status: number, content: string, outcome: string, title = 'Zoho Accounts'): Reply {
  return {
    status,
    headers: { 'content-type': 'text/html;charset=UTF-8', 'cache-control': 'no-store' },
    body: `<!DOCTYPE html><html lang="en"><head><title>${title}</title></head><body>${content}</body></html>`,
    outcome,
  };
}

/** A 302 to the location. */
export function redirect(location: string, outcome: string): Reply {
  return { status: 302, headers: { location }, body: '', outcome };
}

/** An answer without a body, such as Desk's 204 for an empty list. */
export function empty(status: number, outcome: string): Reply {
  return { status, headers: {}, body: '', outcome };
}

/** A refusal of the token endpoint: Zoho sends it with status 200, one that the table does not know, too. */
export function refusal(error: string): Reply {
  const rows: Readonly<Record<string, AnswerAssumption>> = tokenRefusals;
  return json(rows[error]?.answer.status ?? 200, { error }, error);
}
