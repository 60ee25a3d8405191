import type { UndiciHttpHandler } from '@smithy/undici-http-handler';
import type { Variables } from '../environment.ts';

/** Configuration of a client of AWS; every invocation sets the handler's connections anew. */
export function clientConfiguration(variables: Variables, requestHandler: UndiciHttpHandler) {
  const { AWS_REGION: region, AWS_SESSION_TOKEN: sessionToken } = variables;
  return {
    ...(region === undefined ? {} : { region }),
    // From the environment alone: the default chain would cost a third of the cold start, and is not in the bundle.
    credentials: {
      accessKeyId: variables.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: variables.AWS_SECRET_ACCESS_KEY ?? '',
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
    // Said here, so that neither a variable nor the SDK's look at the machine decides.
    maxAttempts: 3,
    retryMode: 'standard',
    defaultsMode: 'standard',
    requestHandler,
  } as const;
}
