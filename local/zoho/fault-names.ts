/** Where a fault can happen: `any` is the token endpoint too, unless its scope names a host or path. */
export type FaultPlace = 'token' | 'salesiq' | 'desk' | 'any';

/** Every fault by name and where it can happen; those with a second entry take an argument after a colon, e.g. `salesiq:1008`. */
export const faultTable = {
  // refusals of the token endpoint
  invalid_client: ['token'],
  invalid_client_secret: ['token'],
  invalid_code: ['token'],
  general_error: ['token'],
  throttle_400: ['token'],
  throttle_200: ['token'],
  throttle_localised_400: ['token'],
  throttle_localised_200: ['token'],
  access_denied: ['token'],
  echo_secret: ['token'],
  echo_secret_error: ['token'],
  // odd answers to a refresh that is otherwise in order
  no_scope: ['token'],
  comma_scopes: ['token'],
  missing_scope: ['token', /^\w+(\.\w+)+$/],
  no_api_domain: ['token'],
  foreign_api_domain: ['token'],
  no_expires_in: ['token'],
  legacy_milliseconds: ['token'],
  short_lifetime: ['token'],
  long_lifetime: ['token'],
  wrong_types: ['token'],
  wrong_prefix: ['token', /^\d{4}\.$/],
  undefined_token: ['token'],
  null_token: ['token'],
  new_refresh_token: ['token'],
  minted_dead: ['token'],
  // anything in between
  html_200: ['any'],
  html_429: ['any'],
  html_502: ['any'],
  http_500: ['any'],
  empty_object: ['any'],
  empty_body: ['any'],
  redirect: ['any'],
  hang: ['any'],
  slow_drip: ['any'],
  cut_connection_before: ['any'],
  cut_connection_during: ['any'],
  huge: ['any'],
  // the services' own errors, and settings of what nobody knows for sure
  salesiq: ['salesiq', /^\d{4}$/],
  salesiq_errors_200: ['salesiq'],
  desk: ['desk', /^[A-Z_]+$/],
  desk_missing_org: ['desk', /^[A-Z_]+$/],
} as const satisfies Record<string, readonly [FaultPlace, RegExp?]>;

/** A fault's name. */
export type FaultName = keyof typeof faultTable;
/** A fault, with its argument where it has one: `'html_502'`, `'salesiq:1008'`, `'missing_scope:Desk.calls.READ'`. */
export type Fault = FaultName | `${FaultName}:${string}`;
/** Every fault name, for a list to choose from. */
export const faultNames = Object.keys(faultTable) as FaultName[];
