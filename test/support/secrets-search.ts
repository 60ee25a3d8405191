import { credentialsSecretId, tokenSecretId } from '../../lambda/run.ts';
import type { Stage } from '../../local/stage.ts';

const pieceCharacters = 12;

/**
 * Searches texts for pieces of secrets: plain or URL-encoded, and in base64 at any alignment.
 *
 * @returns Where a piece was found, without the piece itself; `undefined` if there is none.
 * @throws Error if there is no secret to look for: such a search could never find anything.
 */
export function searchForSecrets(texts: readonly string[], secrets: Iterable<string>): string | undefined {
  const pieces = new Set<string>();
  for (const secret of secrets) {
    for (let start = 0; start + pieceCharacters <= secret.length; start += 1) {
      pieces.add(secret.slice(start, start + pieceCharacters));
    }
  }
  if (pieces.size === 0) throw new Error('there is no secret to look for');
  const searched = new Set<string>();
  for (const text of texts) {
    if (text.includes('%') && holdsPiece(withoutPercents(text), pieces)) return found('an encoded', text);
    for (const run of text.match(anyRuns) ?? []) {
      // Weeks of log lines repeat most of what they say.
      if (searched.has(run)) continue;
      searched.add(run);
      if (holdsPiece(run, pieces)) return found('a', text);
      for (const decoded of decodings(run)) {
        if (holdsPiece(decoded, pieces)) return found('an encoded', text);
      }
    }
  }
  return undefined;
}

/** Secrets are letters, digits and dots: only runs of these can hold a piece. */
const plainRuns = /[0-9A-Za-z._-]{12,}/g;
const base64Runs = /[0-9A-Za-z+/_-]{16,}={0,2}/g;
/** Whatever is of either kind lies within one of these. */
const anyRuns = /[0-9A-Za-z+/._=-]{12,}/g;

function holdsPiece(text: string, pieces: ReadonlySet<string>): boolean {
  for (const run of text.match(plainRuns) ?? []) {
    for (let start = 0; start + pieceCharacters <= run.length; start += 1) {
      if (pieces.has(run.slice(start, start + pieceCharacters))) return true;
    }
  }
  return false;
}

function withoutPercents(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function* decodings(text: string): Generator<string> {
  for (const run of text.match(base64Runs) ?? []) {
    for (let shift = 0; shift < 4; shift += 1) yield Buffer.from(run.slice(shift), 'base64').toString('latin1');
  }
}

function found(what: string, text: string): string {
  const shown = text.length <= 60 ? '(short text)' : `${text.slice(0, 60)}...`;
  return `${what} piece of a secret in ${JSON.stringify(shown)}`;
}

const secretFields = /"(?:client_secret|refresh_token|access_token)":"([^"]{16,})"/g;

/** The secrets in a stored text: client secrets, refresh tokens and access tokens. */
export function secretsIn(text: string): string[] {
  return [...text.matchAll(secretFields)].flatMap(([, secret]) => secret ?? []);
}

/** Every secret that a stage holds now: those in any version of its secrets, and every access token that Zoho issued. */
export function secretsHeldBy(
  stage: Pick<Stage, 'secretsManager' | 'zoho' | 'connections' | 'secretPrefix'>,
): string[] {
  const { secretsManager, zoho, connections, secretPrefix } = stage;
  const ids = connections.flatMap((each) => [
    credentialsSecretId(secretPrefix, each),
    tokenSecretId(secretPrefix, each),
  ]);
  const stored = ids
    .flatMap((id) => secretsManager.versions(id))
    .flatMap(({ secretString }) => secretsIn(secretString));
  return [...stored, ...(zoho?.issuedTokens() ?? [])];
}
