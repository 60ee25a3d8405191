/** Entry point of the child process that plays the Lambda runtime for one invocation. */

import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';

const [, , modulePath = '', eventText = '{}', timeoutMilliseconds = '60000'] = argv;
const end = Date.now() + Number(timeoutMilliseconds);
const { handler } = await import(pathToFileURL(modulePath).href);
const result = await handler(JSON.parse(eventText), {
  awsRequestId: 'c0ffee00-0000-4000-8000-000000000000',
  getRemainingTimeInMillis: () => end - Date.now(),
}).then(
  (value: unknown) => ({ value }),
  (error: unknown) => ({ error: String(error) }),
);
process.send?.(result, () => process.disconnect());
