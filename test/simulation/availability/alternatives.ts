import { parseObject } from '../../../lambda/parse-object.ts';
import type { Reply } from '../../../local/zoho/reply.ts';

/** A way of keeping tokens: gives, minute by minute, the token with which each instance of the app makes its call. */
export type Way = (minuteOfMonth: number) => Token[] | Promise<Token[]>;
type Token = string | undefined;

/** What a way has to work with. */
type Surroundings = {
  /** Asks Zoho for a token; `undefined` if no answer comes. */
  readonly ask: () => Reply | undefined;
  /** Whether the service accepts a call with the token. */
  readonly isAccepted: (token: Token) => boolean;
};

/** Instances of an app that keep a token of their own each. */
const instances = 3;

/** What people do instead of this system. */
export const alternatives: readonly { name: string; create: (around: Surroundings) => Way }[] = [
  { name: 'cron every 50 minutes, writes whatever comes', create: (around) => cron(around, false) },
  { name: 'cron every 50 minutes, retries every 60 seconds', create: (around) => cron(around, true) },
  { name: `refresh on 401, in each of ${instances} app instances`, create: refreshOn401 },
];

/** One script, one place for the token. */
function cron({ ask }: Surroundings, retries: boolean): Way {
  let token: Token;
  let nextAt = 0;
  return (at) => {
    if (at >= nextAt) {
      const found = readNaively(ask());
      // What a shell script with a JSON tool writes if the field is missing.
      if (found !== undefined) token = found.token ?? 'undefined';
      nextAt = retries && found?.token === undefined ? at + 1 : at + 50;
    }
    return [token];
  };
}

/** Every instance keeps its token until a call is refused, then gets another and calls again. */
function refreshOn401({ ask, isAccepted }: Surroundings): Way {
  const tokens = Array.from({ length: instances }, (): Token => undefined);
  return () => {
    for (const [index, token] of tokens.entries()) {
      if (!isAccepted(token)) tokens[index] = readNaively(ask())?.token ?? token;
    }
    return [...tokens];
  };
}

/** As most code reads an answer: if it is JSON, its access_token is the token. */
function readNaively(reply: Reply | undefined): { token: Token } | undefined {
  const fields = parseObject(reply?.body ?? '');
  return fields && { token: typeof fields.access_token === 'string' ? fields.access_token : undefined };
}
