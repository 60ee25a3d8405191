import { parseJson } from '../parse-json.ts';
import type { Fact, RunOfLambda } from '../world/facts.ts';
import { hour, lifeOf, type Notebook, second } from './notebook.ts';

/** Invariant 7: the metric that the alarm on life left watches is there, and says what is stored. */
export function judgeMetrics(
  notes: Notebook,
  run: RunOfLambda,
  name: string,
  lines: readonly string[],
): void {
  const metrics = lines
    .filter((line) => line.includes('"_aws"'))
    .map(parseJson)
    .find((line) => line?.Connection === name);
  const seconds = metrics?.SecondsToExpiry;
  if (typeof seconds !== 'number') {
    notes.breach(7, name, 'a tick wrote no SecondsToExpiry');
    return;
  }
  const document = notes.world.document(name);
  const { life, left: rest } = lifeOf(document, notes.now);
  const left = Math.floor(rest / second);
  // A connection's metrics are written when it is done, which may be long before the run is.
  const longest = (notes.now - run.startedAt) / second + 1;
  const isDead = notes.refused.has(String(document?.access_token));
  const isNothing = document?.access_token === undefined || life > 24 * hour || !(left > 0);
  const expected = isNothing ? 0 : left;
  if (seconds > expected + longest || (!isDead && seconds < expected - 2)) {
    notes.breach(7, name, `SecondsToExpiry says ${seconds}, the stored token says ${expected}`);
  }
}

/** The answer of a tick says what is stored. */
export function judgeAnswer(notes: Notebook, name: string, answer: unknown): void {
  if (answer === undefined) return;
  const { connections = [] } = answer as {
    connections?: { connection: string; expires_at: string | null }[];
  };
  const result = connections.find(({ connection }) => connection === name);
  const expected = notes.world.document(name)?.expires_at ?? null;
  if (result === undefined || (typeof expected === 'string' && result.expires_at !== expected)) {
    const what = `the answer says expires_at ${result?.expires_at}, stored is ${String(expected)}`;
    notes.breach(7, name, what);
  }
}

/** What a run may throw for: only what somebody would otherwise not hear of. */
export function judgeThrow(notes: Notebook, run: RunOfLambda, { message }: { message: string }): void {
  // An operator, or a test alert that SNS refuses, is to be heard of; an app must not be able to page anybody.
  const { reason } = run.event as { reason?: string };
  if (run.kind === 'on demand' && reason === 'unauthorized')
    notes.breach(7, '', `a call on demand threw: ${message}`);
  if (message.includes('unexpected fault')) notes.breach(7, '', message);
  if (run.faultsMet.size === 0 && !message.includes('still not published')) {
    notes.breach(7, '', `a run threw without any fault: ${message}`);
  }
}

/** Invariant 7: where an alert could not be sent, the run must fail so that the alarm on errors speaks. */
export function judgeSilence(
  notes: Notebook,
  { run, error }: Fact & { kind: 'run ends' },
  name: string,
): void {
  const { publishFailed, recordFailed, published } = notes.deedsOf(run, name);
  const isUntold = publishFailed || (recordFailed && published.length === 0);
  if (isUntold && error === undefined && published.length === 0) {
    notes.breach(7, name, 'an alert or a record could not be written, and the run did not fail');
  }
}
