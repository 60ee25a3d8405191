import type { UndiciHttpHandler } from '@smithy/undici-http-handler';

/** What every client of AWS needs to know, from Lambda's environment variables. */
export type AwsVariables = Readonly<
  Record<
    'AWS_REGION' | 'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY' | 'AWS_SESSION_TOKEN',
    string | undefined
  >
>;

/**
 * Configuration of a client of AWS.
 *
 * @param requestHandler - Its connections, which every invocation sets anew.
 */
export function clientConfiguration(variables: AwsVariables, requestHandler: UndiciHttpHandler) {
  const {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  } = variables;
  const sessionToken = variables.AWS_SESSION_TOKEN;
  return {
    ...(region === undefined ? {} : { region }),
    // From the environment alone: the default chain would cost a third of the cold start, and is not in the bundle.
    credentials: {
      accessKeyId: accessKeyId ?? '',
      secretAccessKey: secretAccessKey ?? '',
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
    // Said here, so that neither a variable nor the SDK's look at the machine decides.
    maxAttempts: 3,
    retryMode: 'standard',
    defaultsMode: 'standard',
    requestHandler,
  } as const;
}
