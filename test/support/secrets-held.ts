import type { Stage } from '../../local/stage.ts';

const secretFields = /"(?:client_secret|refresh_token|access_token)":"([^"]{16,})"/g;

/** The secrets in a stored text: client secrets, refresh tokens and access tokens. */
export function secretsIn(text: string): string[] {
  return [...text.matchAll(secretFields)].flatMap(([, secret]) => secret ?? []);
}

/** Every secret that a stage holds now: those in any version of its secrets, and every access token that Zoho issued. */
export function secretsHeldBy({
  secretsManager,
  zoho,
  connections,
  secretPrefix,
}: Pick<Stage, 'secretsManager' | 'zoho' | 'connections' | 'secretPrefix'>): string[] {
  const secretIds = connections.flatMap(({ name }) =>
    ['credentials', 'token'].map((kind) => `${secretPrefix}/${name}/${kind}`),
  );
  return [
    ...secretIds.flatMap((secretId) =>
      secretsManager.versions(secretId).flatMap(({ secretString }) => secretsIn(secretString)),
    ),
    ...(zoho?.issuedTokens() ?? []),
  ];
}
