import { createWatch } from '../console/stage-watch.ts';
import { createBreakage } from '../faults/breakage.ts';
import type { Stage } from '../stage.ts';
import type { Cause, Fix, Night, NightFault } from './nights.ts';
import { countMinutesWithout, scoreNight } from './score.ts';

/** A night as it is being played. Whoever plays sees the watch and the clock, and nothing else of the stage. */
export type Round = ReturnType<typeof beginRound>;

type Played = NightFault & {
  startsAt: number;
  state: 'ahead' | 'on' | 'mended';
  isNamed: boolean;
  /** The player has seen that nothing can be done. */
  isWaitedFor: boolean;
};
const minute = 60_000;

/** Begins a night. */
export function beginRound(stage: Stage, night: Night, firstFaultAfterMinutes: number) {
  const breakage = createBreakage(stage);
  const watch = createWatch(stage, breakage);
  const firstAt = stage.now() + firstFaultAfterMinutes * minute;
  const faults: Played[] = night.faults.map((fault) => ({
    ...fault,
    startsAt: firstAt + (fault.afterMinutes ?? 0) * minute,
    state: 'ahead',
    isNamed: false,
    isWaitedFor: false,
  }));
  let firstMailAt: number | undefined;
  let noticedAt: number | undefined;
  let causeAt: number | undefined;
  let wrongActions = 0;

  /** Whatever the player did, the real `zoho-tokens authorize --local` included, may have ended a fault. */
  function seeMended(): void {
    breakage.follow();
    for (const fault of faults.filter(({ state }) => state === 'on')) {
      const found = breakage.list().find(({ id }) => id === fault.fault);
      const isOn = found && (fault.connection === undefined || found.connections.includes(fault.connection));
      if (!isOn) fault.state = 'mended';
    }
  }

  function passTime(): void {
    const now = stage.now();
    for (const each of faults) {
      const { fault, connection, startsAt, lastsMinutes = Number.POSITIVE_INFINITY } = each;
      if (each.state === 'ahead' && now >= startsAt) {
        breakage.break(fault, connection);
        each.state = 'on';
      }
      if (each.state === 'on' && now >= startsAt + lastsMinutes * minute) breakage.heal(fault, connection);
    }
    seeMended();
  }

  const since = (at: number | undefined) =>
    at === undefined ? undefined : Math.max(0, at - (firstMailAt ?? at)) / minute;
  /** Faults that have begun, of that connection if they are about one. */
  const begun = (connection: string | undefined) =>
    faults.filter(
      (fault) => fault.state !== 'ahead' && (fault.connection === undefined || fault.connection === connection),
    );
  const mendedBy = (fix: Fix, connection: string | undefined) =>
    begun(connection).filter(({ fixes }) => fixes.includes(fix));

  return {
    watch,
    now: stage.now,
    connections: stage.connections.map(({ name }) => name),
    /** Lets what is due go wrong or pass, and runs the tick unless the schedule is down; to be called at every slot. */
    async tick(slot: Date): Promise<void> {
      passTime();
      await watch.deliver(slot);
      watch.look();
      // Kept here, because the watch forgets after a day. A test alert that the player sends does not count.
      const { messages } = watch.history.whole();
      firstMailAt ??= messages.find(({ level }) => level === 'warning' || level === 'critical')?.at;
    },
    /** The player looked at a mail, the dashboard or a status. */
    notice(): void {
      if (firstMailAt !== undefined) noticedAt ??= stage.now();
    },
    /** The player names a cause; true if it is one of the night's, and its fault has begun. */
    diagnose(wanted: Cause, connection?: string): boolean {
      const named = begun(connection).find(({ cause }) => cause === wanted);
      if (named === undefined) wrongActions += 1;
      else named.isNamed = true;
      if (faults.every(({ isNamed }) => isNamed)) causeAt ??= stage.now();
      return named !== undefined;
    },
    /** The player does something, which is done whether it helps or not, as it would be in the night. */
    fix(wanted: Fix, connection?: string): void {
      const fitting = mendedBy(wanted, connection);
      const right = fitting.find(({ state }) => state === 'on') ?? fitting[0];
      if (right === undefined) wrongActions += 1;
      else if (wanted === 'wait') right.isWaitedFor = true;
      else if (wanted !== 'authorize') breakage.heal(right.fault, right.connection);
      if (wanted === 'authorize' && connection !== undefined) breakage.authorize(connection);
      seeMended();
    },
    /** The player has given consent anew by the command line: it is done already, and here only counted. */
    authorized(connection: string): void {
      if (mendedBy('authorize', connection).length === 0) wrongActions += 1;
    },
    /** Whether all causes are named, all faults are mended, and every connection is well again. */
    isOver: (): boolean =>
      faults.every(({ state, isNamed }) => state === 'mended' && isNamed) &&
      watch.look().cards.every(({ level, app }) => level === 'good' && app.isUsable),
    score() {
      seeMended();
      watch.look();
      return scoreNight({
        minutesToNotice: since(noticedAt),
        minutesToCause: since(causeAt),
        wrongActions,
        isHealed: faults.every(({ state, isWaitedFor }) => state === 'mended' || isWaitedFor),
        minutesWithoutToken: countMinutesWithout(watch.history.whole().spans, stage.now()),
        isInTheirHands: faults.some(({ fixes }) => !fixes.includes('wait')),
      });
    },
  };
}
