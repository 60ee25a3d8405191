import { randomUUID } from 'node:crypto';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SNSClient } from '@aws-sdk/client-sns';
import { accountsHost } from '../../lambda/connections/data-centers.ts';
import { type Connections, readConnections } from '../../lambda/connections/read-connections.ts';
import { RefreshError } from '../../lambda/failure.ts';
import type { CallZoho } from '../../lambda/zoho/call-zoho.ts';
import { AwsError } from '../../local/aws/aws-error.ts';
import { SecretsStore } from '../../local/aws/secrets-store.ts';
import { checkPublish } from '../../local/aws/sns-publish-validation.ts';
import { answerCall } from '../../local/zoho/answer.ts';
import { type Call, isTokenCall, parameter } from '../../local/zoho/call.ts';
import { Conversations } from '../../local/zoho/conversations.ts';
import { DeskCalls } from '../../local/zoho/desk-calls.ts';
import type { FaultName } from '../../local/zoho/fault-names.ts';
import type { ActiveFault } from '../../local/zoho/faults.ts';
import { GrantCodes } from '../../local/zoho/grant-codes.ts';
import { placeOf } from '../../local/zoho/hosts.ts';
import { leversOf } from '../../local/zoho/levers.ts';
import { portalOfClient } from '../../local/zoho/planting.ts';
import type { Reply } from '../../local/zoho/reply.ts';
import { Throttle } from '../../local/zoho/throttle.ts';
import { TokenRegistry } from '../../local/zoho/token-registry.ts';
import type { World as ZohoWorld } from '../../local/zoho/world.ts';
import { type CallPlace, Disturbances } from './disturbances.ts';
import type { AlertFacts, Fact, RunOfLambda } from './facts.ts';
import { between, createRandom, mixSeeds, type Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

const topicArn = 'arn:aws:sns:ap-south-1:123456789012:zoho-token-alerts';
const region = 'ap-south-1';

/** Credentials as the credentials secret holds them. */
export type CredentialsFields = { client_id: string; client_secret: string; refresh_token: string };

/** When and how a run is to be killed. */
export type Crash = { readonly call: number; readonly when: 'before' | 'after' };

/** A run in its world: what its calls go through. */
export type RunInWorld = RunOfLambda & {
  readonly random: Random;
  /** Multiplies what Zoho takes to answer. */
  readonly slowness: number;
  readonly crash: Crash | undefined;
  readonly kill: () => void;
};

/** How long the SDK and the Lambda take to give a call up, in milliseconds. */
const zohoTimeout = 10_000;
const awsTimeout = 9_600;

/** Faults of the connection to Zoho: what becomes of the request, and how the Lambda sees it. */
const brokenConnections: Record<string, { isCarriedOut: boolean; afterMilliseconds: number }> = {
  refused: { isCarriedOut: false, afterMilliseconds: 5 },
  unreachable: { isCarriedOut: false, afterMilliseconds: 5_000 },
  hang: { isCarriedOut: true, afterMilliseconds: zohoTimeout },
  slow_drip: { isCarriedOut: true, afterMilliseconds: zohoTimeout },
  cut_connection_before: { isCarriedOut: true, afterMilliseconds: 300 },
  cut_connection_during: { isCarriedOut: true, afterMilliseconds: 300 },
  huge: { isCarriedOut: true, afterMilliseconds: 900 },
};

/** Faults of AWS: whether the call took effect, and the name under which the SDK throws. */
const awsFaults: Record<string, { isCarriedOut: boolean; afterMilliseconds: number; name: string }> = {
  'access-denied': { isCarriedOut: false, afterMilliseconds: 20, name: 'AccessDeniedException' },
  'kms-disabled': { isCarriedOut: false, afterMilliseconds: 20, name: 'DecryptionFailure' },
  throttled: { isCarriedOut: false, afterMilliseconds: 1_400, name: 'ThrottlingException' },
  'internal-error': { isCarriedOut: false, afterMilliseconds: 400, name: 'InternalServiceError' },
  hang: { isCarriedOut: false, afterMilliseconds: awsTimeout, name: 'TimeoutError' },
  'lost answer': { isCarriedOut: true, afterMilliseconds: awsTimeout, name: 'TimeoutError' },
};

/** Names of the faults that a window may have, by place. */
export const faultsOfZohoConnection = Object.keys(brokenConnections);
export const faultsOfAws = Object.keys(awsFaults);

/** Zoho, Secrets Manager, SNS and the people around them, all in this process and in virtual time. */
export class SimulatedWorld {
  readonly time: VirtualTime;
  readonly disturbances = new Disturbances();
  readonly store = new SecretsStore();
  readonly zoho: ZohoWorld;
  readonly levers: ReturnType<typeof leversOf>;
  /** What is deployed. */
  connections: Connections;
  /** Every alert that SNS took on. */
  readonly alerts: { at: number; alert: AlertFacts }[] = [];
  /** Every secret that was ever planted or issued. */
  readonly secrets = new Set<string>();
  /** Everything that left the system: log lines, alerts, errors, answers, records. */
  readonly outputs: string[] = [];
  /** To which connection a refresh token was ever given. */
  readonly #owners = new Map<string, string>();
  /** What apps read last, taken apart once. */
  readonly #documents = new Map<
    string,
    { text: string | undefined; fields: Record<string, unknown> | undefined }
  >();
  readonly #observe: (fact: Fact) => void;

  constructor(time: VirtualTime, connectionsText: string, observe: (fact: Fact) => void) {
    this.time = time;
    this.#observe = observe;
    this.connections = readConnections(connectionsText);
    const registry = new TokenRegistry();
    this.zoho = {
      registry,
      codes: new GrantCodes(),
      throttle: new Throttle(),
      conversations: new Conversations(),
      calls: new DeskCalls(),
      portalOf: (client) => portalOfClient(registry, client),
      now: () => time.now,
    };
    this.levers = leversOf(this.zoho);
    for (const { name } of this.connections.connections) {
      this.store.create(this.secretId(name, 'token'), undefined, time.now);
      this.store.create(this.secretId(name, 'credentials'), undefined, time.now);
    }
  }

  /** Another configuration from the next invocation on. */
  deploy(connectionsText: string): void {
    this.connections = readConnections(connectionsText);
  }

  secretId(connection: string, secret: 'token' | 'credentials'): string {
    return `${this.connections.secretPrefix}/${connection}/${secret}`;
  }

  /** The value under a label; `undefined` where there is none. */
  read(connection: string, secret: 'token' | 'credentials', label = 'AWSCURRENT'): string | undefined {
    const versions = this.store.peek(this.secretId(connection, secret))?.versions ?? [];
    return versions.find(({ stages }) => stages.has(label))?.secretString;
  }

  /** The VersionId of what apps read now. */
  versionOf(connection: string): string | undefined {
    const versions = this.store.peek(this.secretId(connection, 'token'))?.versions ?? [];
    return versions.find(({ stages }) => stages.has('AWSCURRENT'))?.versionId;
  }

  /** What an app reads now; `undefined` where it is no token document. */
  document(connection: string): Readonly<Record<string, unknown>> | undefined {
    const text = this.read(connection, 'token');
    const known = this.#documents.get(connection);
    if (known?.text === text) return known?.fields;
    const fields = parseJson(text);
    this.#documents.set(connection, { text, fields });
    return fields;
  }

  /** Whether the services accept now what an app reads now. */
  isUsable(connection: string): boolean {
    const document = this.document(connection);
    const expiresAt = Date.parse(String(document?.expires_at));
    return expiresAt > this.time.now && this.levers.isLive(String(document?.access_token));
  }

  /** Credentials as they are stored, if they are any. */
  credentials(connection: string): Partial<CredentialsFields> {
    return (parseJson(this.read(connection, 'credentials')) ?? {}) as Partial<CredentialsFields>;
  }

  /** An operator stores a value by hand. */
  put(connection: string, secret: 'token' | 'credentials', text: string): void {
    const before = this.read(connection, secret);
    this.store.put(this.secretId(connection, secret), randomUUID(), text, [], this.time.now);
    this.#observe({
      kind: 'stored',
      run: undefined,
      connection,
      secret,
      label: 'AWSCURRENT',
      text,
      before,
      isRepeat: false,
    });
    this.rememberSecrets(parseJson(text));
    this.#rememberOwner(connection, text);
  }

  #rememberOwner(connection: string, credentialsText: string): void {
    const refreshToken = parseJson(credentialsText)?.refresh_token;
    if (typeof refreshToken === 'string') this.#owners.set(refreshToken, connection);
  }

  rememberSecrets(fields: Record<string, unknown> | undefined): void {
    for (const key of ['client_secret', 'refresh_token', 'access_token']) {
      const value = fields?.[key];
      if (typeof value === 'string' && value.length >= 16) this.secrets.add(value);
    }
  }

  /** Somebody else uses the same refresh token. */
  requestByHand(connection: string): void {
    const { refresh_token: refreshToken } = this.credentials(connection);
    if (refreshToken === undefined) return;
    this.ask(connection);
    this.#observe({ kind: 'token request', run: undefined, connection, refreshToken });
  }

  /** Asks Zoho for a token as any program would; `undefined` where no answer comes. */
  ask(connection: string): Reply | undefined {
    const known = this.connections.connections.find(({ name }) => name === connection);
    const fields = this.credentials(connection);
    const body = new URLSearchParams({ grant_type: 'refresh_token', ...fields }).toString();
    const fault = this.disturbances.faultOf('token', connection, this.time.now, () => 0);
    const isBroken = brokenConnections[fault ?? ''] !== undefined;
    const reply = this.#answer(
      formCall(accountsHost(known?.dataCenter ?? 'in'), body),
      fault === undefined || isBroken ? [] : [asActiveFault(fault)],
    );
    this.rememberSecrets(parseJson(reply.body));
    return isBroken ? undefined : reply;
  }

  /** The way to Zoho of one run. */
  callZohoOf(run: RunInWorld, signal: AbortSignal): CallZoho {
    return async (request) => {
      const [pathname = '', search = ''] = request.path.split('?');
      const call: Call = {
        host: request.host,
        place: placeOf(request.host),
        path: pathname,
        query: new URLSearchParams(search),
        method: request.method,
        headers: Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
        ),
        body: request.body ?? '',
      };
      const isToken = isTokenCall(call);
      const refreshToken = isToken ? (parameter(call, 'refresh_token') ?? '') : '';
      const accessToken = (call.headers.authorization ?? '').replace('Zoho-oauthtoken ', '');
      const connection = isToken
        ? this.#connectionOfCredentials(refreshToken)
        : this.#connectionOfHost(call.host);
      const planned = this.disturbances.faultOf(
        isToken ? 'token' : 'probe',
        connection,
        this.time.now,
        run.random,
      );
      // A service answers in its own words only.
      const isForeign =
        /^(desk|salesiq):/.test(planned ?? '') && !call.host.startsWith(`${planned?.split(':')[0]}.`);
      const fault = isForeign ? undefined : planned;
      const broken = brokenConnections[fault ?? ''];
      const latency = between(run.random, 80, 900) * run.slowness;
      if (fault !== undefined) meet(run, connection, fault);
      const report = (reply: Reply | undefined): void =>
        this.#observe(
          isToken
            ? {
                kind: 'token answer',
                run,
                connection,
                refreshToken,
                body: reply?.body,
                status: reply?.status ?? 0,
              }
            : {
                kind: 'probe answer',
                run,
                connection,
                accessToken,
                body: reply?.body,
                status: reply?.status ?? 0,
                outcome: reply?.outcome ?? 'none',
              },
        );
      const noAnswer = (reason: string) =>
        new RefreshError(
          fault === 'huge' ? 'unexpected_response' : 'zoho_unavailable',
          `no answer from ${call.host}: ${reason}`,
        );
      return await this.#send<Reply, { status: number; body: string }>(run, signal, {
        effectAfter: latency / 2,
        answerAfter: broken?.afterMilliseconds ?? Math.min(latency, zohoTimeout + 1),
        isCarriedOut: broken?.isCarriedOut ?? true,
        carryOut: () => {
          if (isToken) this.#observe({ kind: 'token request', run, connection, refreshToken });
          const active = fault === undefined || broken !== undefined ? [] : [asActiveFault(fault)];
          const reply = this.#answer(call, active);
          this.rememberSecrets(parseJson(reply.body));
          return reply;
        },
        answer: (reply) => {
          if (broken !== undefined || latency > zohoTimeout || reply === undefined) {
            report(undefined);
            throw noAnswer(fault ?? 'TimeoutError');
          }
          report(reply);
          return { status: reply.status, body: reply.body };
        },
        aborted: () => {
          report(undefined);
          return noAnswer('AbortError');
        },
      });
    };
  }

  /** What the Lambda's own adapter takes for the SDK's client of Secrets Manager. */
  secretsManagerOf(run: RunInWorld): SecretsManagerClient {
    const send = (
      command: { constructor: { name: string }; input: Record<string, unknown> },
      options: { abortSignal: AbortSignal },
    ) => {
      const operation = command.constructor.name.replace(/\d*Command\d*$/, '');
      const secretId = String(command.input.SecretId);
      const [, connection = '', secret] = secretId.split('/');
      const stages = (command.input.VersionStages as string[] | undefined) ?? [];
      const label = String(command.input.VersionStage ?? stages[0] ?? 'AWSCURRENT');
      const place = placeOfCall(operation, secret, label);
      const fault = this.disturbances.faultOf(place, connection, this.time.now, run.random);
      const broken = fault === undefined ? undefined : awsFaults[fault];
      const latency = between(run.random, 5, 60);
      if (fault !== undefined) meet(run, connection, fault);
      const failed = (name: string) => {
        this.#observe({ kind: 'store failed', run, connection, operation, label, name });
        return asSdkError(name);
      };
      return this.#send<unknown, unknown>(run, options.abortSignal, {
        effectAfter: latency / 2,
        answerAfter: broken?.afterMilliseconds ?? latency,
        isCarriedOut: broken?.isCarriedOut ?? true,
        carryOut: () => this.#carryOutSecrets(run, operation, connection, secret, label, command.input),
        answer: (answer) => {
          if (broken === undefined && answer instanceof AwsError) {
            if (answer.name === 'ResourceExistsException')
              this.#observe({ kind: 'place taken', run, connection });
            throw asSdkError(answer.name);
          }
          if (broken === undefined) return answer;
          throw failed(broken.name);
        },
        aborted: () => failed('AbortError'),
      });
    };
    return { send } as unknown as SecretsManagerClient;
  }

  /** A random wait of a run, in virtual time; over when the run is. */
  pause(run: RunInWorld, longestMilliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
      this.time.after(run.random() * longestMilliseconds, resolve);
    });
  }

  /** What the Lambda's own adapter takes for the SDK's client of SNS. */
  snsOf(run: RunInWorld): SNSClient {
    const send = (command: { input: Record<string, unknown> }, options: { abortSignal: AbortSignal }) => {
      const { Subject, Message, MessageStructure, MessageAttributes, TopicArn } = command.input as {
        Subject: string;
        Message: string;
        MessageStructure: string;
        TopicArn: string;
        MessageAttributes: Record<string, { DataType: string; StringValue: string }>;
      };
      const connection = MessageAttributes.connection?.StringValue ?? '';
      const fault = this.disturbances.faultOf('publish', connection, this.time.now, run.random);
      const broken = fault === undefined ? undefined : awsFaults[fault];
      const latency = between(run.random, 20, 90);
      if (fault !== undefined) meet(run, connection, fault);
      const failed = () => this.#observe({ kind: 'publish failed', run, connection });
      return this.#send<{ MessageId: string }, { MessageId: string }>(run, options.abortSignal, {
        effectAfter: latency / 2,
        answerAfter: broken?.afterMilliseconds ?? latency,
        isCarriedOut: broken?.isCarriedOut ?? true,
        carryOut: () => {
          const attributes = Object.entries(MessageAttributes).map(([name, value]) => ({
            name,
            dataType: value.DataType,
            stringValue: value.StringValue,
          }));
          const parts = checkPublish(
            {
              topicArn: TopicArn,
              message: Message,
              messageStructure: MessageStructure,
              subject: Subject,
              attributes,
            },
            region,
            new Set([topicArn]),
          );
          const alert = JSON.parse(parts.sqs ?? '{}') as AlertFacts;
          this.alerts.push({ at: this.time.now, alert });
          this.outputs.push(Subject, Message, JSON.stringify(MessageAttributes));
          this.#observe({
            kind: 'published',
            run,
            alert,
            text: parts.email ?? '',
            isAnswered: broken === undefined,
          });
          return { MessageId: 'made-up' };
        },
        answer: (answer) => {
          if (broken === undefined && answer !== undefined) return answer;
          failed();
          throw asSdkError(broken?.name ?? 'InternalError');
        },
        aborted: () => {
          failed();
          return asSdkError('AbortError');
        },
      });
    };
    return { send } as unknown as SNSClient;
  }

  /** Takes a call out into the world and its answer back, unless the run is dead by then. */
  #send<Effect, Answer>(
    run: RunInWorld,
    signal: AbortSignal,
    call: {
      effectAfter: number;
      answerAfter: number;
      isCarriedOut: boolean;
      carryOut: () => Effect;
      /** What comes back; gets what `carryOut` gave, `undefined` where it never was. */
      answer: (carriedOut: Effect | undefined) => Answer;
      aborted: () => Error;
    },
  ): Promise<Answer> {
    run.calls += 1;
    const isCrash = run.crash?.call === run.calls;
    return new Promise((resolve, reject) => {
      if (run.isKilled || (isCrash && run.crash?.when === 'before')) {
        run.kill();
        return;
      }
      if (signal.aborted) {
        reject(call.aborted());
        return;
      }
      let isSettled = false;
      const onAbort = () => {
        if (isSettled || run.isKilled) return;
        isSettled = true;
        reject(call.aborted());
      };
      signal.addEventListener('abort', onAbort, { once: true });
      let carriedOut: Effect | undefined;
      if (call.isCarriedOut) {
        this.time.afterUnawaited(Math.min(call.effectAfter, call.answerAfter), () => {
          carriedOut = call.carryOut();
          if (isCrash) run.kill();
        });
      }
      this.time.after(call.answerAfter, () => {
        signal.removeEventListener('abort', onAbort);
        if (isCrash) run.kill();
        if (isSettled || run.isKilled) return;
        isSettled = true;
        try {
          resolve(call.answer(carriedOut));
        } catch (fault) {
          reject(fault);
        }
      });
    });
  }

  #answer(call: Call, faults: readonly ActiveFault[]): Reply {
    if (call.place === undefined) throw new Error(`the Lambda called ${call.host}, which is no host of Zoho`);
    return answerCall(call, call.place, this.zoho, faults);
  }

  #carryOutSecrets(
    run: RunInWorld,
    operation: string,
    connection: string,
    secret: string | undefined,
    label: string,
    input: Record<string, unknown>,
  ): unknown {
    const secretId = String(input.SecretId);
    try {
      if (operation === 'GetSecretValue') {
        const found = this.store.get(secretId, undefined, label);
        return { VersionId: found.versionId, SecretString: found.secretString };
      }
      // Anything else than these two would be a breach of "nothing is deleted".
      if (operation !== 'PutSecretValue') throw new Error(`the Lambda called ${operation}`);
      const [versionId, text] = [String(input.ClientRequestToken), String(input.SecretString)];
      const before = this.read(connection, 'token');
      const isRepeat =
        this.store.peek(secretId)?.versions.some((version) => version.versionId === versionId) ?? false;
      const stored = this.store.put(
        secretId,
        versionId,
        text,
        (input.VersionStages as string[]) ?? [],
        this.time.now,
      );
      this.#observe({
        kind: 'stored',
        run,
        connection,
        secret: secret === 'credentials' ? 'credentials' : 'token',
        label,
        text,
        before,
        isRepeat,
      });
      if (secret === 'credentials') this.#rememberOwner(connection, text);
      if (label === 'INCIDENT') this.outputs.push(text);
      return { VersionId: stored.versionId };
    } catch (fault) {
      if (fault instanceof AwsError) return fault;
      throw fault;
    }
  }

  #connectionOfCredentials(refreshToken: string): string {
    return this.#owners.get(refreshToken) ?? '';
  }

  #connectionOfHost(host: string): string {
    const service = host.split('.')[0];
    return this.connections.connections.find((connection) => connection.service === service)?.name ?? '';
  }
}

/** A stream of chances that belongs to one run alone. */
export function randomOfRun(seed: number, slot: number, delivery: number): Random {
  return createRandom(mixSeeds(seed, slot / 1000, delivery));
}

/** The topic that alerts go to. */
export const alertTopicArn = topicArn;

/** JSON as an object; `undefined` for anything else. */
export function parseJson(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text ?? '');
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function meet(run: RunOfLambda, connection: string, fault: string): void {
  const met = run.faultsMet.get(connection) ?? [];
  met.push(fault);
  run.faultsMet.set(connection, met);
}

function placeOfCall(operation: string, secret: string | undefined, label: string): CallPlace {
  const verb = operation === 'PutSecretValue' ? 'put' : 'get';
  if (secret === 'credentials') return verb === 'get' ? 'get credentials' : 'put token';
  return label === 'INCIDENT' ? `${verb} record` : `${verb} token`;
}

function asActiveFault(fault: string): ActiveFault {
  const [name = '', ...argument] = fault.split(':');
  return { name: name as FaultName, argument: argument.join(':') };
}

function asSdkError(name: string): Error {
  return Object.assign(new Error(`the SDK's own words about ${name}`), { name });
}

function formCall(host: string, body: string): Call {
  return {
    host,
    place: placeOf(host),
    path: '/oauth/v2/token',
    query: new URLSearchParams(),
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
  };
}
