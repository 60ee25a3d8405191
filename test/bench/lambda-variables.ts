import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Variables } from './stand-ins-messages.ts';

/**
 * The environment of a measured handler: what Lambda sets, where the stand-ins are, and nothing of this machine's.
 *
 * `NODE_PATH` is how Lambda offers its own copy of the SDK to bundles without one; here it is this project's. No
 * compile cache and no home directory: neither is there in a new execution environment.
 */
export function lambdaVariables(standIns: Variables): Variables {
  return {
    HOME: tmpdir(),
    NODE_PATH: fileURLToPath(new URL('../../node_modules', import.meta.url)),
    AWS_REGION: 'ap-south-1',
    AWS_DEFAULT_REGION: 'ap-south-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: 'zoho-token-refresher',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/zoho-token-refresher',
    LOG_LEVEL: 'INFO',
    RUNBOOK_URL: 'docs/runbook.md',
    ...standIns,
  };
}
