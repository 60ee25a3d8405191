import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Resident set of a process in megabytes, from `/proc`; 0 where there is no such process. */
export function residentMegabytes(pid: number): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round(Number(kilobytes) / 1_024);
  } catch {
    return 0;
  }
}

/** How many sockets a process has open; 0 where there is no such process. */
export function openSockets(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).filter((entry) => isSocket(`/proc/${pid}/fd/${entry}`)).length;
  } catch {
    return 0;
  }
}

function isSocket(link: string): boolean {
  try {
    return readlinkSync(link).startsWith('socket:');
  } catch {
    return false;
  }
}
