import type { Reply } from '../../../local/zoho/reply.ts';
import { parseJson } from '../parse-json.ts';

const minute = 60_000;
const hour = 60 * minute;

/** What an alternative has to work with. */
type Surroundings = {
  /** Asks Zoho for a token; `undefined` if no answer comes. */
  readonly ask: () => Reply | undefined;
  /** Called with every token that apps will use from now on. */
  readonly adopt: (token: string) => void;
  /** Whether the service accepts a call with the token. */
  readonly isAccepted: (token: string | undefined) => boolean;
  readonly now: () => number;
};

/** How one way of keeping tokens goes through a month. */
type Way = {
  /** Does what is to be done in a minute, and gives the token with which each instance of the app makes its call. */
  readonly tokensOfMinute: (minuteOfMonth: number) => (string | undefined)[];
  readonly anyToken: () => string | undefined;
};

/** What people do instead of this system. */
export type Alternative = { readonly name: string; readonly create: (surroundings: Surroundings) => Way };

/** Instances of an app, where each keeps a token of its own. */
const instances = 3;

export const alternatives: readonly Alternative[] = [
  { name: 'cron every 50 minutes, writes whatever comes', create: (around) => cron(around, false) },
  { name: 'cron every 50 minutes, retries every 60 seconds', create: (around) => cron(around, true) },
  { name: 'refresh on 401, in each of 3 app instances', create: refreshOn401 },
  { name: 'lazy refresh 5 seconds before expiry, in each of 3 app instances', create: lazyRefresh },
];

/** One script, one place for the token. */
function cron({ ask, adopt }: Surroundings, retries: boolean): Way {
  let token: string | undefined;
  let nextAt = 0;
  return {
    tokensOfMinute(at) {
      if (at >= nextAt) {
        const found = readNaively(ask());
        // What a shell script with a JSON tool writes when the field is missing.
        if (found !== 'no JSON') token = found.token ?? 'undefined';
        if (found !== 'no JSON') adopt(token ?? 'undefined');
        const hasFailed = found === 'no JSON' || found.token === undefined;
        nextAt = retries && hasFailed ? at + 1 : at + 50;
      }
      return [token];
    },
    anyToken: () => token,
  };
}

/** Every instance keeps its token until a call is refused, then gets another and calls again. */
function refreshOn401({ ask, adopt, isAccepted }: Surroundings): Way {
  const tokens: (string | undefined)[] = Array.from({ length: instances }, () => undefined);
  return {
    tokensOfMinute() {
      return tokens.map((token, index) => {
        if (isAccepted(token)) return token;
        const found = readNaively(ask());
        if (found === 'no JSON' || found.token === undefined) return token;
        tokens[index] = found.token;
        adopt(found.token);
        return found.token;
      });
    },
    anyToken: () => tokens[0],
  };
}

/** Every instance trusts expires_in and nothing else. */
function lazyRefresh({ ask, adopt, now }: Surroundings): Way {
  const kept: { token: string | undefined; expiresAt: number }[] = Array.from({ length: instances }, () => ({
    token: undefined,
    expiresAt: 0,
  }));
  return {
    tokensOfMinute() {
      return kept.map((one) => {
        if (now() < one.expiresAt - 5_000) return one.token;
        const found = readNaively(ask());
        if (found === 'no JSON' || found.token === undefined) return one.token;
        one.token = found.token;
        one.expiresAt = now() + (found.lifeSeconds === undefined ? hour : found.lifeSeconds * 1_000);
        adopt(found.token);
        return one.token;
      });
    },
    anyToken: () => kept[0]?.token,
  };
}

/** As most code reads an answer: if it is JSON, its access_token is the token. */
function readNaively(
  reply: Reply | undefined,
): 'no JSON' | { token: string | undefined; lifeSeconds: number | undefined } {
  const fields = parseJson(reply?.body);
  if (fields === undefined) return 'no JSON';
  return {
    token: typeof fields.access_token === 'string' ? fields.access_token : undefined,
    lifeSeconds: typeof fields.expires_in === 'number' ? fields.expires_in : undefined,
  };
}
