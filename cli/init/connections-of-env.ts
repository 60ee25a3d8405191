import { accountsHost, type DataCenter, dataCenters } from '../../lambda/connections/data-centers.ts';
import { type EnvFile, findLine } from '../env-file/env-file.ts';
import { shapeFault } from '../env-file/keys.ts';

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
const settings: Readonly<Record<'salesiq' | 'desk', Readonly<Record<string, readonly string[]>>>> = {
  salesiq: {
    screen_name: ['SALESIQ_SCREEN_NAME', 'SALESIQ_PORTAL'],
    app_id: ['SALESIQ_APP_ID'],
    department_id: ['SALESIQ_DEPARTMENT_ID'],
  },
  desk: { org_id: ['DESK_ORG_ID', 'DESK_ORGANIZATION_ID'], department_id: ['DESK_DEPARTMENT_ID'] },
};

export type AskFor = (question: string, isGood: (answer: string) => boolean) => Promise<string>;

/**
 * Makes the entries of `connections.json` from the settings of an old `.env`; no credential of it is used.
 *
 * @param ask - For what the file does not say, or says in a wrong shape.
 */
export async function connectionsOfEnv(file: EnvFile, data_center: DataCenter, ask: AskFor) {
  const found: Record<string, Record<string, string>> = {};
  for (const service of ['salesiq', 'desk'] as const) {
    if (!file.assignments.some(({ key }) => key.toUpperCase().includes(service.toUpperCase()))) continue;
    const values: Record<string, string> = {};
    for (const [name, keys] of Object.entries(settings[service])) {
      const isGood = (value: string) => shapeFault({ role: 'setting', setting: name }, value) === undefined;
      const value = keys.map((key) => findLine(file, key)?.value).find((each) => each && isGood(each));
      const isNeeded = name === 'screen_name' || name === 'org_id';
      if (value !== undefined) values[name] = value;
      else if (isNeeded) values[name] = await ask(`${name} of ${service}: `, isGood);
    }
    found[service] = values;
  }
  return templates.flatMap(({ name, service, ...rest }) => {
    const values = found[service];
    return values === undefined ? [] : [{ name, service, data_center, ...rest, settings: values }];
  });
}

/** The data centre that an address in the file names, e.g. `https://accounts.zoho.in`. */
export function dataCenterOfEnv({ assignments }: EnvFile): DataCenter | undefined {
  const hosts = assignments.flatMap(({ value }) => /(?:accounts\.)zoho[\w.]*/i.exec(value)?.[0] ?? []);
  return dataCenters.find((each) => hosts.some((host) => host.toLowerCase() === accountsHost(each)));
}
