import { defaultProbeIntervalMilliseconds, defaultTickIntervalMilliseconds } from '../lambda/settings.ts';
import type { Settings } from './settings-of-props.ts';

/** The function's environment variables; nothing secret is ever among them. */
export function functionEnvironment(settings: Settings, alertTopicArn: string): Record<string, string> {
  const { tickInterval, probeInterval, runbookUrl } = settings;
  return {
    ALERT_TOPIC_ARN: alertTopicArn,
    RUNBOOK_URL: runbookUrl,
    ...(tickInterval.toMilliseconds() === defaultTickIntervalMilliseconds
      ? {}
      : { TICK_INTERVAL_SECONDS: String(tickInterval.toSeconds()) }),
    ...(probeInterval.toMilliseconds() === defaultProbeIntervalMilliseconds
      ? {}
      : { PROBE_INTERVAL_SECONDS: String(probeInterval.toSeconds()) }),
  };
}
