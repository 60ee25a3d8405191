import assert from 'node:assert/strict';
import { secretsIn } from '../support/secrets-held.ts';
import { searchForSecrets } from '../support/secrets-search.ts';
import type { RuntimeClient } from './runtime-client.ts';

/** Credentials as Lambda puts them into a function's environment; made up, and long enough to be found again. */
export const roleCredentials = {
  AWS_ACCESS_KEY_ID: 'ASIAMADEUPFORTESTS00',
  AWS_SECRET_ACCESS_KEY: 'Made0Up1Role2Secret3Access4Key5Of6Forty7',
  AWS_SESSION_TOKEN: 'Made0Up1Role2Session3Token4',
};

/** What an invocation returned: `response` is what the runtime calls it. */
export async function answerOf(runtime: RuntimeClient, event: string): Promise<Record<string, unknown>> {
  const { kind, body } = await runtime.invoke(event);
  assert.equal(kind, 'response', body);
  return JSON.parse(body);
}

/** The error that an invocation ended with, as the runtime posts it. */
export async function errorOf(runtime: RuntimeClient, event: string) {
  const posted = await runtime.invoke(event);
  assert.equal(posted.kind, 'error', posted.body);
  const { errorType, errorMessage, trace } = JSON.parse(posted.body);
  return { posted, errorType, errorMessage, trace: (trace as string[]).join('\n') };
}

/** Every line that was printed, each of which has to be JSON: CloudWatch takes a line that is not for text. */
export function linesOf(printed: string): Record<string, unknown>[] {
  const lines = printed.trimEnd().split('\n');
  return lines.map((line) => {
    try {
      return JSON.parse(line);
    } catch {
      throw new Error(`a line is no JSON: ${line.slice(0, 200)}`);
    }
  });
}

/** Searches what was printed and posted for the role's credentials and for all that the secrets hold. */
export function expectNoSecret(texts: readonly string[], stored: readonly (string | undefined)[]): void {
  const secrets = [
    roleCredentials.AWS_SECRET_ACCESS_KEY,
    roleCredentials.AWS_SESSION_TOKEN,
    ...stored.flatMap((text) => secretsIn(text ?? '')),
  ];
  assert.equal(searchForSecrets(texts, secrets), undefined);
}
