import type { LocalStore } from './local-store-file.ts';

/** Variables with which an app under development reaches the stand-ins: boto3, the AWS CLI and the SDKs read them. */
export function appVariables(store: Pick<LocalStore, 'secretsManagerUrl' | 'lambdaUrl' | 'secretAccessKey'>) {
  return {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: store.secretsManagerUrl,
    AWS_ENDPOINT_URL_LAMBDA: store.lambdaUrl,
    AWS_REGION: 'ap-south-1',
    AWS_DEFAULT_REGION: 'ap-south-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
    AWS_SESSION_TOKEN: '',
    // What the recipes ask for a refresh.
    REFRESHER_FUNCTION: 'zoho-token-refresher',
  };
}

/** Lines for a POSIX shell; the endpoints are of this machine and the key opens nothing else. */
export function renderExports(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).map(([name, value]) => (value === '' ? `unset ${name}` : `export ${name}=${value}`));
}
