import { AwsError } from '../aws/aws-error.ts';
import type { ConnectionFault } from '../wire/broken-connection.ts';
import { FaultPlan } from '../wire/fault-plan.ts';

/** A service of AWS that has a stand-in. */
export type AwsService = 'secrets' | 'sns';

/** A fault of AWS, and what it does on the wire; what it is judged as depends on the service, see the table. */
export type AwsFault = {
  readonly title: string;
  /** What befalls the connection; without it the answer goes out whole. */
  readonly connection?: ConnectionFault;
  /** Whether the operation takes effect all the same. */
  readonly isCarriedOut?: true;
  /** The service's refusal in its own words. */
  readonly refusal?: (service: AwsService, target: FaultTarget) => AwsError;
  /** What a proxy says in the service's place, with status 200. */
  readonly body?: (service: AwsService) => { readonly contentType: string; readonly text: string };
};

/** Far above anything a service sends, small enough to be made in a moment. */
const hugeBytes = 16 * 1024 * 1024;
const isOfValue = /^(Get|Put)SecretValue$/;
const user = 'User: arn:aws:sts::111122223333:assumed-role/refresher/refresher';

/** Every fault of the AWS stand-ins by name. */
export const awsFaults = {
  refuse: { title: 'Connections refused', connection: 'refuse' },
  reset: { title: 'Connections reset before the request is carried out', connection: 'reset' },
  cut_connection_during: {
    title: 'Connection cut within the answer',
    connection: 'cut_connection_during',
    isCarriedOut: true,
  },
  cut_connection_before: {
    title: 'Connection cut before the answer',
    connection: 'cut_connection_before',
    isCarriedOut: true,
  },
  hang: { title: 'No answer at all', connection: 'hang' },
  slow_drip: { title: 'An answer byte by byte', connection: 'slow_drip', isCarriedOut: true },
  html_200: {
    title: 'HTML with status 200',
    body: () => ({
      contentType: 'text/html',
      text: '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in</body></html>',
    }),
  },
  huge: {
    title: 'An endless answer',
    body: (service) => {
      const filler = 'x'.repeat(hugeBytes);
      // In a comment, which the SDK's XML parser skips: text of that length would keep it busy for 20 seconds.
      return service === 'sns'
        ? { contentType: 'text/xml', text: `<PublishResponse><!--${filler}--></PublishResponse>` }
        : { contentType: 'application/x-amz-json-1.1', text: `{"Padding":"${filler}"}` };
    },
  },
  access_denied: {
    title: 'Access denied',
    refusal: (service, { operation, secretId, topicArn }) => {
      const action = service === 'sns' ? `SNS:${operation}` : `secretsmanager:${operation}`;
      const message = `${user} is not authorized to perform: ${action} on resource: ${topicArn ?? secretId} because no identity-based policy allows the ${action} action`;
      return service === 'sns'
        ? new AwsError('AuthorizationError', message, 403)
        : new AwsError('AccessDeniedException', message);
    },
  },
  throttled: {
    title: 'Throttled',
    refusal: (service) =>
      service === 'sns'
        ? new AwsError('Throttled', 'Rate exceeded', 429)
        : new AwsError('ThrottlingException', 'Rate exceeded'),
  },
  internal_error: {
    title: 'Internal error',
    refusal: (service) =>
      new AwsError(
        service === 'sns' ? 'InternalError' : 'InternalServiceError',
        'An error occurred on the server side.',
        500,
      ),
  },
  kms_disabled: {
    title: 'KMS key disabled',
    refusal: (service, { operation }) => {
      if (service === 'sns') return new AwsError('KMSDisabled', 'The KMS key of the topic is disabled.');
      return operation === 'GetSecretValue'
        ? new AwsError('DecryptionFailure', "Secrets Manager can't decrypt the protected secret text.")
        : new AwsError('EncryptionFailure', "Secrets Manager can't encrypt the protected secret text.");
    },
  },
} as const satisfies Record<string, AwsFault>;

export type FaultKind = keyof typeof awsFaults;
export const faultKinds = Object.keys(awsFaults) as FaultKind[];

/** Which requests go wrong, and how; a filter that is missing lets every request match. */
export interface FaultRule {
  kind: FaultKind;
  /** Operations by their AWS names, e.g. `['PutSecretValue']`. */
  operations?: string[];
  /** SecretIds exactly as the client sends them. */
  secretIds?: string[];
  /** Staging labels that are asked for or put; one in common is enough. */
  stages?: string[];
  /** Who asks: the access key ids that requests are signed with. */
  accessKeyIds?: string[];
  /** How many requests go wrong, SDK retries counted; default: all, until `clear`. */
  times?: number;
}

/** What is known of a request before it is carried out. `stages` says AWSCURRENT if that is the default. */
export interface FaultTarget {
  operation: string;
  secretId?: string;
  stages?: string[];
  topicArn?: string;
  accessKeyId?: string;
}

/** The faults of one AWS stand-in that are switched on. If several match a request, the one set last wins. */
export class AwsFaults extends FaultPlan<FaultRule, FaultTarget | 'connection', FaultTarget> {
  constructor() {
    super(applies);
  }

  set(rule: FaultRule): void {
    this.add(rule);
  }
}

function applies(rule: FaultRule, target: FaultTarget | 'connection'): boolean {
  const { kind, operations, secretIds, stages, accessKeyIds } = rule;
  // A new connection is refused only if every request would be.
  if (target === 'connection') return kind === 'refuse' && !operations && !secretIds && !stages && !accessKeyIds;
  // Only an operation that reads or writes a value needs the key; SNS always does.
  if (kind === 'kms_disabled' && target.topicArn === undefined && !isOfValue.test(target.operation)) return false;
  const isNamed = (names: string[] | undefined, name = '') => names === undefined || names.includes(name);
  return (
    isNamed(operations, target.operation) &&
    isNamed(accessKeyIds, target.accessKeyId) &&
    isNamed(secretIds, target.secretId) &&
    (!stages || stages.some((stage) => target.stages?.includes(stage)))
  );
}
