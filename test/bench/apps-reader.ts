import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { atMost, type BenchOptions, type Findings, type Row, shown } from './row.ts';

/** What `reader.ts --json` prints. */
type Printed = {
  readonly get_cost_ns: { readonly cachedGet: number; readonly difference: number };
  readonly calls_per_second: number;
  readonly hours: number;
  readonly day: readonly {
    readonly name: string;
    readonly reads: number;
    readonly expiredHandedOut: number;
    readonly killedHandedOut: number;
    readonly failedCalls: number;
  }[];
};

const program = fileURLToPath(new URL('./reader.ts', import.meta.url));
const mostReadsADay = 1_500;
const mostNanoseconds = 1_000;

/** The reader that apps import, against what they would use instead: a simulated day, in a process of its own. */
export async function benchReader({ progress }: BenchOptions): Promise<Findings> {
  if (!existsSync(program)) return { rows: [], document: '' };
  progress('reader: a simulated day, about four minutes');
  const { get_cost_ns: cost, day, hours, calls_per_second: calls } = await runProgram();
  const rows: Row[] = [
    atMost(
      'reader: a cached get() above a resolved promise',
      cost.difference,
      mostNanoseconds,
      (nanoseconds) => `${Math.round(nanoseconds)} ns`,
    ),
    ...day.map((each) => {
      const figure = `${describe(each.reads)} reads, ${describe(each.expiredHandedOut)} calls with an expired token, ${describe(each.killedHandedOut)} with the killed one, ${describe(each.failedCalls)} failed`;
      const name = `reader, ${hours} hours at ${calls} calls a second: ${each.name}`;
      if (!each.name.startsWith('this reader')) return shown(name, figure);
      const isMet = each.expiredHandedOut === 0 && each.reads <= mostReadsADay;
      return {
        name,
        target: `at most ${describe(mostReadsADay)} reads, 0 calls with an expired token`,
        figure,
        verdict: isMet ? ('met' as const) : ('missed' as const),
      };
    }),
  ];
  const document = [
    '| a day at 100 calls a second | reads of the secret | calls with an expired token | with the killed token | failed calls |',
    '|---|---|---|---|---|',
    ...day.map(
      ({ name, reads, expiredHandedOut, killedHandedOut, failedCalls }) =>
        `| ${name} | ${[reads, expiredHandedOut, killedHandedOut, failedCalls].map(describe).join(' | ')} |`,
    ),
  ].join('\n');
  return { rows, document };
}

async function runProgram(): Promise<Printed> {
  const child = spawn(execPath, [program, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(await text(child.stdout)) as Printed;
}

function describe(count: number): string {
  return count.toLocaleString('en');
}
