import type { LogLine } from '../cli/place/place.ts';

/** Hours of ticks, and about a megabyte. */
const mostLines = 3_000;

/** What CloudWatch Logs keeps of the Lambda's lines, as far as this machine goes: the newest ones. */
export function createLogGroup(now: () => number) {
  let kept: LogLine[] = [];
  let count = 0;
  return {
    /** Takes the lines of one invocation. */
    keep(texts: readonly string[]): void {
      const fresh = texts.map((text) => {
        count += 1;
        return { id: `${count}`, at: writtenAt(text) ?? new Date(now()), text };
      });
      kept = [...kept, ...fresh].slice(-mostLines);
    },
    since: (instant: number): readonly LogLine[] => kept.filter(({ at }) => at.getTime() >= instant),
  };
}

/** The line's own time; metrics and a crash's text have none. */
function writtenAt(text: string): Date | undefined {
  const found = /^\{"timestamp":"([^"]+)"/.exec(text)?.[1];
  return found === undefined ? undefined : new Date(found);
}
