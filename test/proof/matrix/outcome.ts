import type { Invoked } from '../../../local/runtime/execution-environment.ts';
import type { StageOnClock } from '../../support/stage.ts';

/** What a tick came to for one connection: from its answer, or from its log line where the invocation failed. */
export type OutcomeOfTick = {
  readonly hasThrown: boolean;
  readonly outcome: string;
  readonly code: string | null;
};

export function outcomeOf(stage: StageOnClock, invoked: Invoked, subject: string): OutcomeOfTick {
  const line = invoked.lines
    .map((text) => JSON.parse(text) as Record<string, unknown>)
    .findLast((fields) => fields.event === 'connection' && fields.connection === subject);
  const { outcome = line?.outcome, code = line?.code } = stage.resultOf(invoked, subject) ?? {};
  return {
    hasThrown: invoked.error !== undefined,
    outcome: String(outcome ?? ''),
    code: typeof code === 'string' ? code : null,
  };
}
