import * as v from 'valibot';
import { type Service, serviceHost, serviceNames, services } from '../zoho/services.ts';
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

const connectionSchema = v.object({
  name: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,40}$/, 'expected 1 to 40 lower-case letters, digits or hyphens')),
  service: v.picklist(serviceNames),
  data_center: v.picklist(dataCenters),
  token_prefix: v.optional(v.union([prefix, v.pipe(v.array(prefix), v.minLength(1))])),
  required_scopes: v.pipe(v.array(scope), v.minLength(1, 'expected at least one scope')),
  optional_scopes: v.optional(v.array(scope), []),
  settings: v.record(v.string(), v.unknown()),
});

const fileSchema = v.object({
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
  connections: v.pipe(v.array(connectionSchema), v.minLength(1, 'expected at least one connection')),
});

/**
 * Reads `connections.json`.
 *
 * @param text - The file's text; a byte-order mark is accepted.
 * @returns The connections with every default filled in.
 * @throws {@link ConnectionsError} with all faults at once.
 */
export function readConnections(text: string): Connections {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    // The parser's own message quotes the file.
    const [place = ''] = /at position \d+( \(.*\))?/.exec((cause as SyntaxError).message) ?? [];
    throw new ConnectionsError([{ path: '$', problem: `not JSON ${place}`.trimEnd() }]);
  }
  const parsed = v.safeParse(fileSchema, json);
  const faults = [...(parsed.issues ?? []).map((issue) => faultOfIssue(issue)), ...faultsAcrossFields(json)];
  if (!parsed.success || faults.length > 0) throw new ConnectionsError(faults);
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

/** Every key that a schema does not know: a misspelt one must not pass for a missing default. */
function unknownKeys(value: unknown, schema: { entries: object }, path: string): ConnectionsFault[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(schema.entries, key));
  return unknown.map((key) => ({ path: `${path}.${shown(key)}`, problem: 'unknown key' }));
}

/** Looks at the raw values, so that these faults are listed beside those of the single fields. */
function faultsAcrossFields(json: unknown): ConnectionsFault[] {
  const faults = unknownKeys(json, fileSchema, '$');
  const list = (json as { connections?: unknown } | null)?.connections;
  if (!Array.isArray(list)) return faults;
  list.forEach((entry: Record<string, unknown> | null, index) => {
    if (typeof entry !== 'object' || entry === null) return;
    const path = `$.connections[${index}]`;
    faults.push(...unknownKeys(entry, connectionSchema, path));
    const earlier = list.findIndex((other: Record<string, unknown> | null) => other?.name === entry.name);
    if (typeof entry.name === 'string' && earlier < index) {
      faults.push({
        path: `${path}.name`,
        problem: `"${shown(entry.name)}" is also the name of $.connections[${earlier}]`,
      });
    }
    const service = serviceNames.find((known) => known === entry.service);
    if (service === undefined) return;
    const dataCenter = dataCenters.find((known) => known === entry.data_center);
    if (dataCenter !== undefined && serviceHost(service, dataCenter) === undefined) {
      faults.push({
        path: `${path}.data_center`,
        problem: `Zoho lists no host of ${services[service].title} in data centre "${dataCenter}"`,
      });
    }
    if (typeof entry.settings === 'object' && entry.settings !== null) {
      faults.push(...unknownKeys(entry.settings, services[service].settings, `${path}.settings`));
      const { issues } = v.safeParse(services[service].settings, entry.settings);
      for (const issue of issues ?? []) faults.push(faultOfIssue(issue, `${path}.settings`));
    }
  });
  return faults;
}

function faultOfIssue(issue: v.BaseIssue<unknown>, base = '$'): ConnectionsFault {
  const keys = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return {
    path: `${base}${keys.join('')}`,
    problem: problemOfIssue(issue),
  };
}

function problemOfIssue(issue: v.BaseIssue<unknown>): string {
  if (issue.received === 'undefined') return 'missing';
  const own = issue.kind === 'validation' ? issue.message : `expected ${issue.expected}`;
  return `${own}, found ${shown(issue.received)}`;
}

/** A value or key as it is, if it cannot be a secret that was put in the wrong place. */
function shown(text: string): string {
  const canBeSecret = text.length > 40 || /[0-9a-z]{16,}|^"?\d{4}\.\w{8,}/i.test(text);
  return canBeSecret ? `${text.length} characters that are not shown` : text;
}
