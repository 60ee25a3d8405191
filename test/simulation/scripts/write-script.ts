import type { Script, Step, StepOf } from './draw-steps.ts';

/** Ticks go by. */
export const pass = (ticks: number): Step => ({ do: 'pass', ticks });

/** A fault for so many minutes, of all connections and calls unless more is said. */
export function fault(
  place: StepOf<'fault'>['place'],
  name: string,
  minutes: number,
  more: Partial<StepOf<'fault'>> = {},
): StepOf<'fault'> {
  return { do: 'fault', place, fault: name, minutes, share: 1, connection: undefined, ...more };
}

/** A script written by hand: one connection that is set up, unless more is said. */
export function script(steps: readonly Step[], more: Partial<Script> = {}): Script {
  return { chance: 0, connections: ['desk'], start: 'set up', offsetSeconds: 0, steps: [...steps], ...more };
}
