import assert from 'node:assert/strict';
import type { Invocation } from './deployed-function.ts';
import { account, region } from './moto.ts';
import { resourcesOfType, type StackTemplate, text } from './template.ts';

/** The schedule's own input, with what the Scheduler puts into it. */
export function scheduledEvent(template: StackTemplate): string {
  const [schedule] = resourcesOfType(template, 'AWS::Scheduler::Schedule');
  return text(Object(schedule?.Properties.Target).Input)
    .replace('<aws.scheduler.schedule-arn>', `arn:aws:scheduler:${region}:${account}:schedule/group/schedule`)
    .replace('<aws.scheduler.scheduled-time>', new Date().toISOString());
}

/** Each connection's outcome, with its code if it has one, e.g. `failed: prefix_mismatch`; fails the test where the handler threw. */
export function outcomes({ value, error, stdout }: Invocation): Record<string, string> {
  assert.equal(error, undefined, `the handler threw: ${stdout}`);
  const list: { connection: string; outcome: string; code: string | null }[] = Object(value).connections;
  return Object.fromEntries(
    list.map(({ connection, outcome, code }) => [connection, code === null ? outcome : `${outcome}: ${code}`]),
  );
}
