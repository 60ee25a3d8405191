import * as v from 'valibot';
import { type Service, serviceNames, services } from '../zoho/services.ts';
import { type DataCenter, dataCenters } from './data-centers.ts';

/** One Zoho OAuth grant to keep fresh, as `connections.json` describes it. */
export type Connection = {
  readonly name: string;
  readonly service: Service;
  readonly dataCenter: DataCenter;
  /** Prefixes that an access token may have, e.g. `['1000.']`. Zoho gives one per kind of OAuth client. */
  readonly tokenPrefixes: readonly string[];
  readonly requiredScopes: readonly string[];
  readonly optionalScopes: readonly string[];
  /** The service's own settings with Zoho's names, e.g. `{ org_id: '60000688226' }`. */
  readonly settings: Readonly<Record<string, string>>;
};

/** The whole of `connections.json`. */
export type Connections = { readonly secretPrefix: string; readonly connections: readonly Connection[] };

/** A fault in `connections.json`, e.g. `{ path: '$.connections[0].name', problem: '...' }`. */
export type ConnectionsFault = { readonly path: string; readonly problem: string };

/** `connections.json` cannot be used; the message lists every fault with its JSON path. */
export class ConnectionsError extends Error {
  override readonly name = 'ConnectionsError';
  readonly faults: readonly ConnectionsFault[];
  constructor(faults: readonly ConnectionsFault[]) {
    const lines = faults.map(({ path, problem }) => `  ${path}: ${problem}`);
    super(`connections.json has ${faults.length} fault${faults.length === 1 ? '' : 's'}\n${lines.join('\n')}`);
    this.faults = faults;
  }
}

const prefix = v.pipe(v.string(), v.regex(/^\d{4}\.$/, 'expected four digits and a dot, such as "1000."'));
const scope = v.pipe(v.string(), v.regex(/^[A-Za-z]\w*(\.\w+)+$/, 'expected one scope such as "Desk.calls.READ"'));

/** An object in which a misspelt key does not pass for a missing default; names that JavaScript reserves are left out. */
function closed<Entries extends v.ObjectEntries>(entries: Entries) {
  return v.objectWithRest(entries, v.never('unknown key'));
}

/** A connection of a service; of one that is not known, everything but the settings. */
function connectionSchema(service: Service | undefined) {
  const { title, hosts, settings } = services[service ?? 'crm'];
  return closed({
    name: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,40}$/, 'expected 1 to 40 lower-case letters, digits or hyphens')),
    service: v.picklist(serviceNames),
    data_center: v.pipe(
      v.picklist(dataCenters),
      v.check((each) => service === undefined || each in hosts, `expected a data centre with a host of ${title}`),
    ),
    token_prefix: v.optional(v.union([prefix, v.pipe(v.array(prefix), v.minLength(1))])),
    required_scopes: v.pipe(v.array(scope), v.minLength(1, 'expected at least one scope')),
    optional_scopes: v.optional(v.array(scope), []),
    settings: service === undefined ? v.record(v.string(), v.unknown()) : closed(settings.entries),
  });
}

const fileSchema = closed({
  $schema: v.optional(v.string()),
  secret_prefix: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        /^[\w+=.@-]+(\/[\w+=.@-]+)*$/,
        'expected letters, digits or _+=.@- in parts joined by "/", with no "/" at either end',
      ),
    ),
    'zoho',
  ),
  connections: v.pipe(
    v.array(v.lazy((entry) => connectionSchema(serviceNames.find((name) => name === Object(entry).service)))),
    v.minLength(1, 'expected at least one connection'),
    v.rawCheck(({ dataset, addIssue }) => {
      const names = [dataset.value].flat().map((entry) => Object(entry).name);
      const again = names.filter((name, index) => typeof name === 'string' && names.indexOf(name) < index);
      for (const name of again) addIssue({ message: `two connections have the name "${shown(name)}"` });
    }),
  ),
});

/** Reads the text of `connections.json`, and fills in every default; throws {@link ConnectionsError} with all faults. */
export function readConnections(text: string): Connections {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    // The parser's own message quotes the file.
    const [place = ''] = /at position \d+ \(.*\)/.exec((cause as SyntaxError).message) ?? [];
    throw new ConnectionsError([{ path: '$', problem: `not JSON ${place}`.trimEnd() }]);
  }
  const parsed = v.safeParse(fileSchema, json);
  if (!parsed.success) throw new ConnectionsError(parsed.issues.map(faultOfIssue));
  return {
    secretPrefix: parsed.output.secret_prefix,
    connections: parsed.output.connections.map((entry) => ({
      name: entry.name,
      service: entry.service,
      dataCenter: entry.data_center,
      tokenPrefixes: [entry.token_prefix ?? services[entry.service].defaultTokenPrefix].flat(),
      requiredScopes: entry.required_scopes,
      optionalScopes: entry.optional_scopes,
      settings: entry.settings as Record<string, string>,
    })),
  };
}

function faultOfIssue({ path, kind, type, message, expected, received }: v.BaseIssue<unknown>): ConnectionsFault {
  const keys = (path ?? []).map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${shown(String(key))}`));
  const wanted = kind === 'validation' ? message : `expected ${expected}`;
  const found = received === 'undefined' ? 'missing' : `${wanted}, found ${shown(received)}`;
  return { path: `$${keys.join('')}`, problem: type === 'never' || type === 'raw_check' ? message : found };
}

/** A value or key as it is, if it cannot be a secret that was put in the wrong place. */
function shown(text: string): string {
  const canBeSecret = text.length > 40 || /[0-9a-z]{16,}|^"?\d{4}\.\w{8,}/i.test(text);
  return canBeSecret ? `${text.length} characters that are not shown` : text;
}
