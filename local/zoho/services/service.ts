import type { AnswerAssumption } from '../../../cli/verify/assumption.ts';
import type { Judgement } from '../../faults/judgement.ts';
import { authorization, type Call, type Place } from '../call.ts';
import type { AccessToken } from '../grants.ts';
import type { Reply } from '../reply.ts';
import { allows } from '../scope-cover.ts';
import type { World } from '../zoho-world.ts';

/** All that is particular to one Zoho service, as the stand-in plays it. */
export type ServiceStandIn = {
  /** Resources that scopes can name, in lower case, with their verbs; `undefined` for all five. */
  readonly resources: Readonly<Record<string, readonly string[] | undefined>>;
  /** Resources of which one does for a scope's resource what its name says, that resource included if it exists. */
  readonly equivalents?: Readonly<Record<string, readonly string[]>>;
  /** The scope that exists for a name that only guides have. */
  readonly correct?: (scope: string) => string;
  /** The errors that it knows by code: also its faults, e.g. `desk:INVALID_OAUTH`. */
  readonly errors: Readonly<Record<string, ServiceError>>;
  /** Its answer for a code, e.g. `1008`; one that it does not know is sent all the same. */
  readonly refuse: (code: string) => Reply;
  /** Carries out a call to one of its hosts, and refuses what the service refuses. */
  readonly answer: (call: Call, place: Place, world: World) => Reply;
};

/** An error of a service, and what the refresher takes it for if a probe meets it. */
export type ServiceError = {
  readonly status: number;
  readonly message: string;
  readonly judged: Judgement;
  /** As the page offers it; it offers no error without one. */
  readonly title?: string;
};

/**
 * The errors of a service, with status and words from the table of assumptions: a corrected row corrects both.
 *
 * @param faults - What is particular to some of them; the others are judged as nothing and not offered.
 */
export function errorsOf<More extends object>(
  rows: Readonly<Record<string, AnswerAssumption>>,
  faults: Readonly<Record<string, Partial<ServiceError> & More>>,
): Record<string, ServiceError & Partial<More>> {
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
export type Route = {
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

/** What a service says to a call that it does not carry out; the codes are its own. */
type Refusals = Readonly<Record<'path' | 'header' | 'token' | 'method' | 'scope', string>>;

/**
 * Makes a service of its calls: each is refused for its path, header, token, method and scope, in this order.
 *
 * @param service.schemes - What the `Authorization` header may begin with, in lower case.
 * @param service.check - What else it finds wrong, before it looks at scopes.
 */
export function answerBy(service: {
  routes: readonly Route[];
  refuse: (code: string) => Reply;
  refusals: Refusals;
  schemes?: readonly string[];
  check?: (request: ServiceRequest, place: Place) => Reply | undefined;
}): ServiceStandIn['answer'] {
  const { routes, refuse, refusals, schemes = ['zoho-oauthtoken'], check } = service;
  return (call, place, world) => {
    const ofPath = routes.filter(({ path }) => path.test(call.path));
    const [first] = ofPath;
    if (first === undefined) return refuse(refusals.path);
    if (!schemes.includes(authorization(call)?.scheme ?? '')) return refuse(refusals.header);
    const token = acceptedToken(call, place, world);
    if (!token) return refuse(refusals.token);
    const found = ofPath.find(({ method }) => method === call.method);
    if (!found) return refuse(refusals.method);
    const [, ...groups] = first.path.exec(call.path) ?? [];
    const request = { call, token, world, groups };
    const fault = check?.(request, place);
    if (fault) return fault;
    return allows(token.scopes, found.scopes) ? found.carryOut(request) : refuse(refusals.scope);
  };
}

/** The living token of this data centre that the call shows; `undefined` if the service would reject it. */
function acceptedToken(call: Call, place: Place, world: World): AccessToken | undefined {
  const token = world.registry.liveToken(authorization(call)?.accessToken ?? '', world.now());
  if (!token || token.grant.dataCenter !== place.dataCenter) return undefined;
  if (token.rejections > 0) {
    token.rejections -= 1;
    return undefined;
  }
  return token;
}

/** Reads a JSON object; `undefined` for any other body. */
export function jsonObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
