import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { credentials, type Moto, region } from './moto.ts';
import { resourcesOfType, type StackTemplate, text } from './template.ts';

/** The secrets of a deployed template. */
export type Secrets = {
  /** ARN of each by its name. */
  readonly arns: ReadonlyMap<string, string>;
  put(name: string, value: object): Promise<void>;
  /** The current value as it is stored; `undefined` while there is none. */
  read(name: string): Promise<string | undefined>;
};

/** Makes the secrets that the template names, empty as the template has them: moto's CloudFormation skips them. */
export async function makeSecrets(moto: Moto, template: StackTemplate): Promise<Secrets> {
  const client = new SecretsManagerClient({ endpoint: moto.url, region, credentials });
  const arns = new Map<string, string>();
  for (const { Properties } of resourcesOfType(template, 'AWS::SecretsManager::Secret')) {
    const Name = text(Properties.Name);
    const { ARN } = await client.send(new CreateSecretCommand({ Name }));
    arns.set(Name, ARN ?? '');
  }
  return {
    arns,
    async put(name, value) {
      await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: JSON.stringify(value) }));
    },
    async read(name) {
      const found = await client.send(new GetSecretValueCommand({ SecretId: name })).catch((error: Error) => {
        if (error.name === 'ResourceNotFoundException') return undefined;
        throw error;
      });
      return found?.SecretString;
    },
  };
}
