import { parseJson } from '../parse-json.ts';
import type { Fact, RunOfLambda } from '../world/facts.ts';
import { day, type Notebook, second } from './notebook.ts';

type End = Fact & { kind: 'run ends' };

/** What a run may throw for: only what somebody would otherwise not hear of. */
export function judgeThrow(notes: Notebook, run: RunOfLambda, message: string): void {
  // An operator, or a test alert that SNS refuses, is to be heard of; an app must not be able to page anybody.
  const { reason } = run.event as { reason?: string };
  if (run.kind === 'on demand' && reason === 'unauthorized') notes.breach(7, '', `a call on demand threw: ${message}`);
  if (message.includes('unexpected fault')) notes.breach(7, '', message);
  const isOwed = notes.excuse('throws until an alert is out', message.includes('still not published'));
  if (run.faultsMet.size === 0 && !isOwed) notes.breach(7, '', `a run threw without any fault: ${message}`);
}

/** Invariant 7: if an alert could not be sent, the run must fail so that the alarm on errors speaks. */
export function judgeSilence(notes: Notebook, { run, error }: End, name: string): void {
  const { publishFailed, recordFailed, published } = notes.deedsOf(run, name);
  const isUntold = publishFailed || (recordFailed && published.length === 0);
  if (isUntold && error === undefined && published.length === 0) {
    notes.breach(7, name, 'an alert or a record could not be written, and the run did not fail');
  }
}

/** Invariant 7: the metric that the alarm on life left watches is there, and it and the answer say what is stored. */
export function judgeOutputs(notes: Notebook, { run, answer, lines }: End, name: string): void {
  const { document, isRefused, life, left: rest } = notes.stored(name);
  const expiresAt = document?.expires_at;
  const { connections = [] } = (answer ?? {}) as {
    connections?: { connection: string; expires_at: string | null }[];
  };
  const result = connections.find(({ connection }) => connection === name);
  if (answer !== undefined && typeof expiresAt === 'string' && result?.expires_at !== expiresAt) {
    notes.breach(7, name, `the answer says expires_at ${result?.expires_at}, stored is ${expiresAt}`);
  }
  const metrics = lines
    .filter((line) => line.includes('"_aws"'))
    .map(parseJson)
    .find((line) => line?.Connection === name);
  const seconds = metrics?.SecondsToExpiry;
  if (typeof seconds !== 'number') {
    notes.breach(7, name, 'a tick wrote no SecondsToExpiry');
    return;
  }
  const isNothing = document?.access_token === undefined || life > day || !(rest > 0);
  const expected = isNothing ? 0 : Math.floor(rest / second);
  // A connection's metrics are written when it is done, which may be long before the run is.
  const slack = notes.excuse('metrics of before the end', true) ? (notes.now - run.startedAt) / second : 0;
  const isShort = seconds < expected - 2 && !notes.excuse('metrics of a refused token', isRefused);
  if (seconds > expected + slack + 1 || isShort) {
    notes.breach(7, name, `SecondsToExpiry says ${seconds}, the stored token says ${expected}`);
  }
}
