const minute = 60_000;
const probeInterval = 15 * minute;
const afterProbe = { plain: 5 * minute, probing: 0 } as const;

/** `plain`: two of three ticks; `probing`: the third, on which fresh tokens are tried at their service. */
export type Slot = keyof typeof afterProbe;

/**
 * The input that the schedule sends, for the slot of that sort that is nearest to now: the Lambda takes a scheduled time
 * of another day for no slot of its schedule.
 */
export function tickEvent(slot: Slot = 'plain'): Record<string, string> {
  const nearest = Math.round((Date.now() - afterProbe[slot]) / probeInterval) * probeInterval + afterProbe[slot];
  return {
    schedule_arn: 'arn:aws:scheduler:ap-south-1:123456789012:schedule/bench/zoho-token-refresher',
    scheduled_time: new Date(nearest).toISOString(),
  };
}
