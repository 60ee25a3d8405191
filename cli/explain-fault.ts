import { DeploymentError } from '../infra/deployment/read-deployment.ts';
import { ConnectionsError } from '../lambda/connections/read-connections.ts';
import { RefreshError } from '../lambda/failure.ts';
import { ownProgram } from './command.ts';
import { Interrupted, Refusal, UsageError } from './faults.ts';
import { networkFix } from './remedies.ts';

export type Explanation = {
  readonly exitCode: 1 | 2 | 130;
  /** For programs: a failure code of the refresher, or one of this program's own. */
  readonly code: string;
  readonly error: string;
  readonly fix?: string | undefined;
};

/** What refusals of Secrets Manager mean for somebody at a command line. */
const storeRefusals: Readonly<Record<string, string>> = {
  AccessDeniedException: 'use a --profile whose role may read and write the secrets of the stack',
  ResourceNotFoundException: 'deploy the stack first (`npx cdk deploy`), or look at --stage, --region and --profile',
  InvalidRequestException: 'restore the secret: it is marked for deletion',
  ExpiredTokenException: 'sign in again, e.g. with `aws sso login`',
  UnrecognizedClientException: 'sign in again, e.g. with `aws sso login`',
};

/** Says what went wrong and what to do; a fault that nobody foresaw keeps its name and place for a report. */
export function explainFault(fault: unknown): Explanation {
  const { name, message: error, stack = '' } = fault instanceof Error ? fault : new Error();
  if (fault instanceof UsageError) return { exitCode: 2, code: 'usage', error, fix: `see \`${ownProgram} help\`` };
  if (fault instanceof ConnectionsError) return { exitCode: 2, code: 'connections_invalid', error };
  if (fault instanceof DeploymentError) return { exitCode: 2, code: 'deployment_invalid', error };
  if (fault instanceof Refusal) return { exitCode: 1, code: fault.code, error, fix: fault.fix };
  if (fault instanceof Interrupted) return { exitCode: 130, code: 'interrupted', error: 'stopped; nothing was stored' };
  if (fault instanceof RefreshError) {
    const reason = fault.cause instanceof Error ? fault.cause.message : '';
    return { exitCode: 1, code: fault.code, error, fix: storeRefusals[reason] ?? networkFix(reason) };
  }
  // Only the name and place: the message of an unforeseen fault may quote anything.
  const [, folder, place] = /\((?:file:\/\/)?[^()]*?(cli|infra|lambda)(\/[\w./-]+:\d+)/.exec(stack) ?? [];
  return {
    exitCode: 1,
    code: 'unexpected',
    error: `unexpected ${name}${folder === undefined ? '' : ` at ${folder}${place}`}`,
    fix: 'this is a fault of zoho-tokens itself: please report it with this line',
  };
}
