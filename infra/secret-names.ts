import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The two secrets of a connection: what a refresh needs, and what an app needs. */
export type SecretKind = 'credentials' | 'token';

/** The name under which Lambda, apps and operators find a secret, e.g. `zoho/desk/token`. */
export function secretName(secretPrefix: string, connection: string, kind: SecretKind): string {
  return `${secretPrefix}/${connection}/${kind}`;
}

/**
 * The ARN of a secret as text, for statements: `arn:...:secret:zoho/desk/token-??????`.
 *
 * Secrets Manager ends every ARN with six characters of its own. Text instead of a reference keeps the statement
 * right for a secret that the stack did not make.
 *
 * @param region - Where a copy of the secret is; the stack's own region unless given.
 */
export function secretArn(scope: Construct, name: string, region?: string): string {
  return Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${name}-??????`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    ...(region === undefined ? {} : { region }),
  });
}
