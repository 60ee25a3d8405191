import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readDeployment } from '../../infra/deployment/read-deployment.ts';
import { regionPattern } from '../../infra/deployment/stage-schema.ts';
import { accountsHost, type DataCenter, dataCenters } from '../../lambda/connections/data-centers.ts';
import { readConnections } from '../../lambda/connections/read-connections.ts';
import { type Context, command, ownProgram } from '../command.ts';
import { type EnvFile, findLine, readEnvFile } from '../env-file/env-file.ts';
import { shapeFault } from '../env-file/expected-keys.ts';
import { replaceFile } from '../env-file/text-file.ts';
import { Refusal, UsageError } from '../faults.ts';
import type { Terminal } from '../terminal.ts';

const isDataCenter = (text: string): text is DataCenter => dataCenters.some((each) => each === text);
const isEmail = (text: string) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
const isRegion = (text: string) => regionPattern.test(text);

export const init = command({
  name: 'init',
  summary: 'Writes connections.json and deployment.json from the settings of an old .env; stores and deploys nothing',
  examples: [
    ['init .env', 'asks for what the file does not say'],
    ['init .env --data-center in --region ap-south-1 --alert-email on-call@acme.io', 'asks nothing more'],
  ],
  argument: ['<file>', 'an .env in the format of the guide; it is never changed'],
  options: {
    'data-center <name>': `one of ${dataCenters.join(', ')}`,
    'alert-email <address>': 'who is alerted',
    yes: 'replace files that are there already; each is kept as FILE.bak',
  },
  run: async ([name = ''], options, context) => {
    const { 'data-center': givenDataCenter, 'alert-email': givenEmail, region: givenRegion } = options;
    const refuse = (option: string, isGood: (text: string) => boolean, given: string | undefined, expected: string) => {
      if (given !== undefined && !isGood(given)) throw new UsageError(`--${option}: expected ${expected}`);
    };
    refuse('data-center', isDataCenter, givenDataCenter, `one of ${dataCenters.join(', ')}`);
    refuse('alert-email', isEmail, givenEmail, 'an e-mail address');
    refuse('region', isRegion, givenRegion, 'a Region such as ap-south-1');
    const file = readEnvFile(name, context.workingFolder);
    const targets = ['connections.json', 'deployment.json'];
    await agreeToReplace(targets, options.yes, context);
    const { terminal } = context;
    const dataCenter =
      givenDataCenter ??
      dataCenterOfEnv(file) ??
      (await ask(terminal, 'Data centre of the Zoho account, e.g. in: ', isDataCenter));
    const connections = await connectionsOfEnv(file, dataCenter as DataCenter, terminal);
    if (connections.length === 0)
      throw new Refusal('the file has no setting of SalesIQ or Desk', 'give the old .env of the guide');
    const region = givenRegion ?? (await ask(terminal, 'AWS Region, e.g. ap-south-1: ', isRegion));
    const email = givenEmail ?? (await ask(terminal, 'E-mail address that is alerted: ', isEmail));
    const schema = (kind: string) => {
      const isClone = existsSync(resolve(context.workingFolder, `${kind}.schema.json`));
      return `${isClone ? '.' : './node_modules/zoho-token-refresher'}/${kind}.schema.json`;
    };
    const texts = [
      { $schema: schema('connections'), secret_prefix: 'zoho', connections },
      { $schema: schema('deployment'), stages: { production: { region, alert_emails: [email] } } },
    ].map((content) => `${JSON.stringify(content, undefined, 2)}\n`);
    const [connectionsText = '', deploymentText = ''] = texts;
    // Both are read as the deployment will read them before either is written.
    const { secretPrefix } = readConnections(connectionsText);
    readDeployment(deploymentText, () => secretPrefix);
    for (const [index, target] of targets.entries())
      replaceFile(resolve(context.workingFolder, target), texts[index] ?? '', 0o644);
    const names = connections.map((each) => each.name);
    return {
      isFine: true,
      lines: [
        `wrote connections.json (${names.join(', ')}) and deployment.json (production in ${region})`,
        ...(names.includes('salesiq-visitor')
          ? ['note: salesiq-visitor is for the chat transfer, which takes only organisation tokens']
          : []),
        'next: look at both files, then `npx cdk deploy --strict`',
        `then: \`${ownProgram} import ${file.name}\` stores the credentials that are good`,
      ],
      json: { files: targets, connections: names, region, alert_emails: [email] },
    };
  },
});

async function agreeToReplace(targets: readonly string[], isAgreed: boolean, { terminal, workingFolder }: Context) {
  const there = targets.filter((target) => existsSync(resolve(workingFolder, target))).join(' and ');
  if (there === '' || isAgreed) return;
  const question = `Replace ${there}? What is there is kept as .bak.`;
  if (terminal.isInteractive && (await terminal.confirm(question))) return;
  throw new Refusal(`${there} exist already`, 'give --yes to replace them; each is kept as FILE.bak');
}

/** Asks until an answer is good, three times at most. */
async function ask(terminal: Terminal, question: string, isGood: (answer: string) => boolean): Promise<string> {
  for (let patience = 3; patience > 0; patience -= 1) {
    const answer = await terminal.ask(question);
    if (isGood(answer)) return answer;
    terminal.say('this value cannot be right; try again');
  }
  throw new Refusal(`no usable answer to: ${question.trim()}`);
}

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

/** Makes the entries of `connections.json` from an old `.env`; asks for what it lacks, and takes no credential over. */
async function connectionsOfEnv(file: EnvFile, data_center: DataCenter, terminal: Terminal) {
  const found: Record<string, Record<string, string>> = {};
  for (const service of ['salesiq', 'desk'] as const) {
    if (!file.assignments.some(({ key }) => key.toUpperCase().includes(service.toUpperCase()))) continue;
    const values: Record<string, string> = {};
    for (const [name, keys] of Object.entries(settings[service])) {
      const isGood = (value: string) => shapeFault({ role: 'setting', setting: name }, value) === undefined;
      const value = keys.map((key) => findLine(file, key)?.value).find((each) => each && isGood(each));
      const isNeeded = name === 'screen_name' || name === 'org_id';
      if (value !== undefined) values[name] = value;
      else if (isNeeded) values[name] = await ask(terminal, `${name} of ${service}: `, isGood);
    }
    found[service] = values;
  }
  return templates.flatMap(({ name, service, ...rest }) => {
    const values = found[service];
    return values === undefined ? [] : [{ name, service, data_center, ...rest, settings: values }];
  });
}

/** The data centre that an address in the file names, e.g. `https://accounts.zoho.in`. */
function dataCenterOfEnv({ assignments }: EnvFile): DataCenter | undefined {
  const hosts = assignments.flatMap(({ value }) => /(?:accounts\.)zoho[\w.]*/i.exec(value)?.[0] ?? []);
  return dataCenters.find((each) => hosts.some((host) => host.toLowerCase() === accountsHost(each)));
}
