import { setTimeout as wait } from 'node:timers/promises';
import { command } from '../command.ts';
import { UsageError } from '../faults.ts';
import { atPlace, chooseConnection } from '../place/open-place.ts';
import type { LogLine } from '../place/place.ts';

/** Between two looks of --follow: CloudWatch Logs takes five questions a second from a whole account. */
const followMilliseconds = { aws: 3_000, local: 500 } as const;
/** Lines arrive late and out of order: each look goes back this far. */
const overlapMilliseconds = 30_000;

export const logs = command({
  name: 'logs',
  summary: 'Shows the log lines of the Lambda, oldest first',
  examples: [
    ['logs desk', 'the last hour of one connection'],
    ['logs --minutes 1440 --json', 'all lines of a day, for a machine'],
    ['logs desk --follow', 'goes on until Ctrl-C'],
  ],
  argument: ['[connection]', 'only the lines of this connection'],
  options: {
    follow: 'show new lines as they come, until Ctrl-C',
    'minutes <number>': ['how far to go back', '60'],
  },
  run: ([name], options, context) => {
    const { terminal, wantsJson } = context;
    const minutes = Number(options.minutes);
    if (!(minutes >= 1 && minutes <= 14 * 24 * 60)) throw new UsageError('--minutes: expected 1 to 20160');
    return atPlace(options, context, async (place) => {
      if (name !== undefined) chooseConnection(place.connections, name);
      const start = new Date(place.now().getTime() - minutes * 60_000);
      const look = (since: Date) => place.readLogs({ connection: name, since });
      if (!options.follow) {
        const lines = await terminal.during('reading the log lines', () => look(start));
        const text = lines.length === 0 ? [`no line in the last ${minutes} minutes`] : lines.map(renderLine);
        return { isFine: true, lines: text, json: { lines: lines.map(jsonOf) } };
      }
      const seen = new Set<string>();
      for (let since = start; ; since = new Date(place.now().getTime() - overlapMilliseconds)) {
        for (const line of await look(since)) {
          if (seen.has(line.id)) continue;
          seen.add(line.id);
          terminal.write(`${wantsJson ? JSON.stringify(jsonOf(line)) : renderLine(line)}\n`);
        }
        await wait(followMilliseconds[options.local ? 'local' : 'aws']);
      }
    });
  },
});

function renderLine({ at, text }: LogLine): string {
  return `${at.toISOString().slice(0, 19)}Z  ${text}`;
}

/** The Lambda's own lines are JSON; those of the runtime are text. */
function jsonOf({ at, text }: LogLine): Readonly<Record<string, unknown>> {
  let line: unknown = text;
  try {
    line = JSON.parse(text);
  } catch {
    // A line of the runtime's own.
  }
  return { at: at.toISOString(), line };
}
