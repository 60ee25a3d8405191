/** The slots of {@link tickEvent}: on the quarter of an hour the stored tokens are probed, five minutes later not. */
const slots = { plain: '2026-03-01T00:05:00Z', probing: '2026-03-01T00:00:00Z' } as const;

/**
 * The input that the schedule sends.
 *
 * @param slot - `plain`: two of three ticks; `probing`: the third, on which fresh tokens are tried at their service.
 */
export function tickEvent(slot: keyof typeof slots = 'plain'): Record<string, string> {
  return {
    schedule_arn: 'arn:aws:scheduler:ap-south-1:123456789012:schedule/bench/zoho-token-refresher',
    scheduled_time: slots[slot],
  };
}
