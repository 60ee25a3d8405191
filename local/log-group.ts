import { randomUUID } from 'node:crypto';
import type { LogLine } from '../cli/place/place.ts';

/** Hours of ticks, and about a megabyte. */
const mostLines = 3_000;

/** What CloudWatch Logs keeps of the Lambda's lines, as far as this machine goes: the newest ones. */
export function createLogGroup(now: () => number) {
  let kept: LogLine[] = [];
  return {
    /** Takes the lines of one invocation; metrics and a crash's text have no time of their own. */
    keep(texts: readonly string[]): void {
      const fresh = texts.map((text) => {
        const [, writtenAt] = /^\{"timestamp":"([^"]+)"/.exec(text) ?? [];
        return { id: randomUUID(), at: new Date(writtenAt ?? now()), text };
      });
      kept = [...kept, ...fresh].slice(-mostLines);
    },
    since: (instant: number): readonly LogLine[] => kept.filter(({ at }) => at.getTime() >= instant),
  };
}
