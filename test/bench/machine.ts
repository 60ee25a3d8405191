import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { arch, platform, version } from 'node:process';

/** The machine in one line, with how busy it is: a busy one makes times longer, ratios of interleaved runs less so. */
export function describeMachine(): string {
  const model = (cpus()[0]?.model ?? 'unknown processor').trim();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const [load = 0] = loadavg();
  return `${model}, ${availableParallelism()} processors, ${gibibytes} GiB, ${platform} ${arch}, Node ${version}, load ${load.toFixed(1)} at the start`;
}
