import { accountsHost, type DataCenter, dataCenters } from '../../lambda/connections/data-centers.ts';
import type { Service } from '../../lambda/zoho/services.ts';
import { type EnvFile, findLine } from '../env-file/env-file.ts';
import { shapeFault } from '../env-file/value-shapes.ts';

/** A connection as `connections.json` has it. */
export type ConnectionEntry = {
  readonly name: string;
  readonly service: Service;
  readonly data_center: DataCenter;
  readonly token_prefix: string;
  readonly required_scopes: readonly string[];
  readonly optional_scopes?: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
};

/** The guide's connections, and the one that its chat transfer needs beside them. */
const templates = [
  {
    name: 'salesiq',
    service: 'salesiq',
    token_prefix: '1000.',
    required_scopes: ['SalesIQ.conversations.CREATE', 'SalesIQ.conversations.READ'],
    optional_scopes: ['SalesIQ.conversations.UPDATE'],
  },
  {
    name: 'desk',
    service: 'desk',
    token_prefix: '1005.',
    required_scopes: ['Desk.calls.CREATE', 'Desk.calls.READ', 'Desk.departments.READ'],
  },
  {
    name: 'salesiq-visitor',
    service: 'salesiq',
    token_prefix: '1005.',
    required_scopes: ['SalesIQ.conversations.CREATE', 'SalesIQ.apps.READ'],
  },
] as const;

/** Settings of each service, and by which keys they are found in files of the guide's kind. */
const settings = {
  salesiq: [
    { name: 'screen_name', isNeeded: true, keys: ['SALESIQ_SCREEN_NAME', 'SALESIQ_PORTAL'] },
    { name: 'app_id', isNeeded: false, keys: ['SALESIQ_APP_ID'] },
    { name: 'department_id', isNeeded: false, keys: ['SALESIQ_DEPARTMENT_ID'] },
  ],
  desk: [
    { name: 'org_id', isNeeded: true, keys: ['DESK_ORG_ID', 'DESK_ORGANIZATION_ID'] },
    { name: 'department_id', isNeeded: false, keys: ['DESK_DEPARTMENT_ID'] },
  ],
} as const;

/** Asks for one value that no file can tell; `isGood` refuses what cannot be it. */
export type AskFor = (question: string, isGood: (answer: string) => boolean) => Promise<string>;

/**
 * Makes the entries of `connections.json` from the settings of an old `.env`; no credential of it is used.
 *
 * @param ask - For what the file does not say, or says in a wrong shape.
 */
export async function connectionsOfEnv(file: EnvFile, dataCenter: DataCenter, ask: AskFor): Promise<ConnectionEntry[]> {
  const found: Record<string, Record<string, string>> = {};
  for (const service of ['salesiq', 'desk'] as const) {
    const isInFile = file.assignments.some(({ key }) => key.toUpperCase().includes(service.toUpperCase()));
    if (!isInFile) continue;
    const values: Record<string, string> = {};
    for (const { name, isNeeded, keys } of settings[service]) {
      const isGood = (value: string) => shapeFault({ role: 'setting', setting: name }, value) === undefined;
      const value = keys.map((key) => findLine(file, key)?.value).find((each) => each && isGood(each));
      if (value !== undefined) values[name] = value;
      else if (isNeeded) values[name] = await ask(`${name} of ${service}: `, isGood);
    }
    found[service] = values;
  }
  return templates.flatMap((template): ConnectionEntry[] => {
    const values = found[template.service];
    if (values === undefined) return [];
    const { name, service, ...rest } = template;
    return [{ name, service, data_center: dataCenter, ...rest, settings: values }];
  });
}

/** The data centre that an address in the file names, e.g. `https://accounts.zoho.in`. */
export function dataCenterOfEnv({ assignments }: EnvFile): DataCenter | undefined {
  const hosts = assignments.flatMap(({ value }) => /(?:accounts\.)zoho[\w.]*/i.exec(value)?.[0] ?? []);
  return dataCenters.find((each) => hosts.some((host) => host.toLowerCase() === accountsHost(each)));
}
