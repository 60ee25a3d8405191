import { Tokenization } from 'aws-cdk-lib';
import { defaultProbeIntervalMilliseconds } from '../lambda/settings.ts';
import type { Settings } from './settings-of-props.ts';

/** The function's environment variables; nothing secret is ever among them. */
export function functionEnvironment(settings: Settings, alertTopicArn: string): Record<string, string> {
  const { probeInterval, runbookUrl, stage } = settings;
  return {
    ALERT_TOPIC_ARN: alertTopicArn,
    RUNBOOK_URL: runbookUrl,
    ...(stage === undefined ? {} : { STAGE: stage }),
    ...(!probeInterval.isUnresolved() && probeInterval.toMilliseconds() === defaultProbeIntervalMilliseconds
      ? {}
      : { PROBE_INTERVAL_SECONDS: Tokenization.stringifyNumber(probeInterval.toSeconds()) }),
  };
}
