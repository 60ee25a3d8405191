const pieceCharacters = 12;

/**
 * Searches texts for pieces of secrets: plain or URL-encoded, and in base64 at any alignment.
 *
 * @returns Where a piece was found, without the piece itself; `undefined` where there is none.
 * @throws Error where there is no secret to look for: such a search would find nothing for ever.
 */
export function searchForSecrets(texts: readonly string[], secrets: Iterable<string>): string | undefined {
  const pieces = new Set<string>();
  for (const secret of secrets) {
    for (let start = 0; start + pieceCharacters <= secret.length; start += 1) {
      pieces.add(secret.slice(start, start + pieceCharacters));
    }
  }
  if (pieces.size === 0) throw new Error('there is no secret to look for');
  const searched = { plain: new Set<string>(), encoded: new Set<string>() };
  for (const text of texts) {
    if (holdsPiece(newRuns(text, plainRuns, searched.plain), pieces)) {
      return `a piece of a secret in ${JSON.stringify(shown(text))}`;
    }
    for (const form of otherForms(text, searched.encoded)) {
      if (holdsPiece(form.match(plainRuns) ?? [], pieces)) {
        return `an encoded piece of a secret in ${JSON.stringify(shown(text))}`;
      }
    }
  }
  return undefined;
}

/** Secrets are letters, digits and dots: only runs of these can hold a piece. */
const plainRuns = /[0-9A-Za-z._-]{12,}/g;
const base64Runs = /[0-9A-Za-z+/_-]{16,}={0,2}/g;

/** Runs that no text before had: weeks of log lines repeat most of theirs. */
function newRuns(text: string, pattern: RegExp, searched: Set<string>): string[] {
  const runs = (text.match(pattern) ?? []).filter((run) => !searched.has(run));
  for (const run of runs) searched.add(run);
  return runs;
}

function holdsPiece(runs: readonly string[], pieces: ReadonlySet<string>): boolean {
  return runs.some((run) => {
    for (let start = 0; start + pieceCharacters <= run.length; start += 1) {
      if (pieces.has(run.slice(start, start + pieceCharacters))) return true;
    }
    return false;
  });
}

function* otherForms(text: string, searched: Set<string>): Generator<string> {
  if (text.includes('%')) {
    yield text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
  for (const run of newRuns(text, base64Runs, searched)) {
    for (let shift = 0; shift < 4; shift += 1)
      yield Buffer.from(run.slice(shift), 'base64').toString('latin1');
  }
}

function shown(text: string): string {
  return text.length <= 60 ? '(short text)' : `${text.slice(0, 60)}...`;
}
