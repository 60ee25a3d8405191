import type { CallService } from './call-service.ts';
import { CheckFault, type Operation, type Ready } from './check-result.ts';
import { proveDesk, provePortal, proveSalesiqIds, requireScope } from './prove.ts';

/** What a check without effects has proved. */
export type Proved = { readonly reason: string; readonly notes: readonly string[] };

/**
 * Proves an operation as far as reads can: token, scope, portal or organisation, department. Nothing is created.
 *
 * @throws {@link CheckFault} With the error that the operation itself would meet.
 */
export const checkByReading: Record<Operation, (call: CallService, ready: Ready) => Promise<Proved>> = {
  async transfer(call, ready) {
    requireScope(ready, 'SalesIQ.conversations.CREATE', 'SalesIQ would answer 1009');
    const notes = await provePortal(call, ready);
    if (!ready.accessToken.reveal().startsWith('1005.')) {
      throw new CheckFault(
        'the token is of a user-level client: the visitor API takes organisation tokens (1005.) only and would answer 1009',
        'add a connection salesiq-visitor with token_prefix "1005." to connections.json, deploy, and `npx --no-install zoho-tokens authorize salesiq-visitor --org`',
      );
    }
    notes.push(...(await proveSalesiqIds(call, ready)));
    return { reason: 'token, scope and portal are right', notes };
  },
  async closure(call, ready) {
    requireScope(ready, 'SalesIQ.conversations.UPDATE', 'SalesIQ would answer 1009');
    const notes = await provePortal(call, ready);
    return { reason: 'token, scope and portal are right', notes };
  },
  async callback(call, ready) {
    requireScope(ready, 'Desk.calls.CREATE', 'Desk would answer SCOPE_MISMATCH');
    const notes = await proveDesk(call, ready);
    const proved = notes.length === 0 ? 'token, scope, organisation and department' : 'token, scope and organisation';
    return { reason: `${proved} are right`, notes };
  },
};
