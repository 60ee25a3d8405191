import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The name under which Lambda, apps and operators find a secret, e.g. `zoho/desk/token`. */
export function secretName(secretPrefix: string, connection: string, kind: 'credentials' | 'token'): string {
  return `${secretPrefix}/${connection}/${kind}`;
}

/**
 * The ARN of a secret as text, for statements: `arn:...:secret:zoho/desk/token-??????`.
 *
 * Secrets Manager ends every ARN with six characters of its own. Text instead of a reference keeps the statement
 * right for a secret that the stack did not make.
 */
export function secretArn(scope: Construct, name: string, region?: string): string {
  return arn(scope, { service: 'secretsmanager', resource: 'secret', resourceName: `${name}-??????`, region });
}

/** The ARN of an alarm as text, e.g. `arn:...:alarm:zoho/desk/token-life`; of all with a prefix for `zoho/*`. */
export function alarmArn(scope: Construct, name: string): string {
  return arn(scope, { service: 'cloudwatch', resource: 'alarm', resourceName: name });
}

function arn(
  scope: Construct,
  parts: { service: string; resource: string; resourceName: string; region?: string | undefined },
): string {
  return Stack.of(scope).formatArn({ ...parts, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}
