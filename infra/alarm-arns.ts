import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The ARN of an alarm as text, e.g. `arn:...:alarm:zoho/desk/token-life`. */
export function alarmArn(scope: Construct, name: string): string {
  return Stack.of(scope).formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** The ARNs of this refresher's alarms as one pattern, for `aws:SourceArn` conditions. */
export function alarmArns(scope: Construct, secretPrefix: string): string {
  return alarmArn(scope, `${secretPrefix}/*`);
}

/** Sid of the statement that lets these alarms in, e.g. `AllowCloudWatchAlarmsZoho`: a shared topic or key holds one per stage. */
export function statementIdOf(secretPrefix: string): string {
  const words = secretPrefix.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return `AllowCloudWatchAlarms${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`;
}
