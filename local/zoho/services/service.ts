import type { AnswerAssumption } from '../../../cli/verify/assumption.ts';
import type { Judgement } from '../../faults/judgement.ts';
import type { Call, Place } from '../call.ts';
import type { Reply } from '../reply.ts';
import type { AccessToken } from '../token-registry.ts';
import type { World } from '../zoho-world.ts';

/** All that is particular to one Zoho service, as the stand-in plays it. */
export type ServiceStandIn = {
  /** The scopes that exist. */
  readonly scopes: RegExp;
  /** Resources of which one does for a scope's resource what its name says, that resource included if it exists. */
  readonly equivalents?: Readonly<Record<string, readonly string[]>>;
  /** The scope that exists for a name that only guides have. */
  readonly correct?: (scope: string) => string;
  /** The errors that it knows by code: also its faults, e.g. `desk:INVALID_OAUTH`. */
  readonly errors: Readonly<Record<string, ServiceError>>;
  /** Its answer for a code, e.g. `1008`; one that it does not know is sent all the same. */
  readonly refuse: (code: string) => Reply;
  /** Codes of what it says to a call that it does not carry out. */
  readonly refusals: Readonly<Record<'path' | 'header' | 'token' | 'method' | 'scope', string>>;
  /** What the `Authorization` header may begin with, in lower case; default `zoho-oauthtoken`. */
  readonly schemes?: readonly string[];
  /** What else it finds wrong with a call, before it looks at scopes. */
  readonly check?: (request: ServiceRequest, place: Place) => Reply | undefined;
  readonly routes: readonly Route[];
};

/** An error of a service, and what the refresher takes it for if a probe meets it. */
export type ServiceError = {
  readonly status: number;
  readonly message: string;
  readonly judged: Judgement;
  /** As the page offers it; it offers no error without one. */
  readonly title?: string;
  readonly headers?: Record<string, string>;
  /** Fields beside code and message. */
  readonly more?: object;
};

/**
 * Finds an error of a service by its code; status and words are from the table of assumptions: a corrected row corrects both.
 *
 * @param faults - What is particular to some of them; the others are judged as nothing and not offered.
 */
export function errorsOf(
  rows: Readonly<Record<string, AnswerAssumption>>,
  faults: Readonly<Record<string, Partial<ServiceError>>>,
): Readonly<Record<string, ServiceError>> {
  const entries = Object.entries(rows).map(([code, { answer }]) => [
    code,
    { judged: 'nothing', ...answer, ...faults[code] },
  ]);
  return Object.fromEntries(entries);
}

/** A call that passed every check of its token. */
export type ServiceRequest = {
  readonly call: Call;
  readonly token: AccessToken;
  readonly world: World;
  /** Parts of the path in its pattern's groups. */
  readonly groups: readonly string[];
};

/** One call of a REST API. */
type Route = {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: RegExp;
  /** Scopes of which the token needs one. */
  readonly scopes: readonly string[];
  readonly carryOut: (request: ServiceRequest) => Reply;
};

/** A call by its path, e.g. `/api/v2/:screen/apps/:id`. */
export function route(
  method: Route['method'],
  path: string,
  scopes: readonly string[],
  carryOut: Route['carryOut'],
): Route {
  return { method, path: new RegExp(`^${path.replaceAll(/:\w+/g, '([^/]+)')}$`), scopes, carryOut };
}
