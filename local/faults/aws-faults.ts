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
  readonly isCarriedOut?: boolean;
  /** The refusals of the services in their own words. */
  readonly refusals?: (target: FaultTarget) => Readonly<Record<AwsService, AwsError>>;
  /** What a proxy says in the service's place, with status 200. */
  readonly body?: (service: AwsService) => { readonly contentType: string; readonly text: string };
};

/** Far above anything a service sends, small enough to be made in a moment. */
const hugeBytes = 16 * 1024 * 1024;
const isOfValue = /^(Get|Put)SecretValue$/;
const user = 'User: arn:aws:sts::111122223333:assumed-role/refresher/refresher';

const broken = (title: string, connection: ConnectionFault, isCarriedOut = false) => ({
  title,
  connection,
  isCarriedOut,
});
const deny = (action: string, resource = '') =>
  `${user} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
const serverSide = 'An error occurred on the server side.';

/** Every fault of the AWS stand-ins by name. */
export const awsFaults = {
  refuse: broken('Connections refused', 'refuse'),
  reset: broken('Connections reset before the request is carried out', 'reset'),
  cut_connection_during: broken('Connection cut within the answer', 'cut_connection_during', true),
  cut_connection_before: broken('Connection cut before the answer', 'cut_connection_before', true),
  hang: broken('No answer at all', 'hang'),
  slow_drip: broken('An answer byte by byte', 'slow_drip', true),
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
    refusals: ({ operation, secretId, topicArn }) => ({
      secrets: new AwsError('AccessDeniedException', deny(`secretsmanager:${operation}`, secretId)),
      sns: new AwsError('AuthorizationError', deny(`SNS:${operation}`, topicArn), 403),
    }),
  },
  throttled: {
    title: 'Throttled',
    refusals: () => ({
      secrets: new AwsError('ThrottlingException', 'Rate exceeded'),
      sns: new AwsError('Throttled', 'Rate exceeded', 429),
    }),
  },
  internal_error: {
    title: 'Internal error',
    refusals: () => ({
      secrets: new AwsError('InternalServiceError', serverSide, 500),
      sns: new AwsError('InternalError', serverSide, 500),
    }),
  },
  kms_disabled: {
    title: 'KMS key disabled',
    refusals: ({ operation }) => {
      const verb = operation === 'GetSecretValue' ? 'Decrypt' : 'Encrypt';
      const text = `Secrets Manager can't ${verb.toLowerCase()} the protected secret text.`;
      return {
        secrets: new AwsError(`${verb}ionFailure`, text),
        sns: new AwsError('KMSDisabled', 'The KMS key of the topic is disabled.'),
      };
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
