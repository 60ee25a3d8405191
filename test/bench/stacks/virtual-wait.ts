import type { VirtualTime } from '../../simulation/world/virtual-time.ts';

/** A clock, and how to wait by it. */
export type VirtualWait = { now(): number; wait(milliseconds: number): Promise<void> };

/** Waiting in virtual time. */
export function waitIn(time: VirtualTime): VirtualWait {
  return {
    now: () => time.now,
    wait: (milliseconds) => new Promise((resolve) => time.after(milliseconds, resolve)),
  };
}
