import { CfnCondition, CfnOutput, Fn, Stack, type StackProps, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { consoleHost, consolePartitions } from '../lambda/console-host.ts';
import packageJson from '../package.json' with { type: 'json' };
import type { ZohoTokenRefresherProps } from './props.ts';
import { ZohoTokenRefresher } from './zoho-token-refresher.ts';

/** The refresher's props and those of the stack around it. */
export type ZohoTokenRefresherStackProps = ZohoTokenRefresherProps &
  Pick<StackProps, 'env' | 'stackName' | 'synthesizer' | 'terminationProtection'> & {
    /** Further props with what exists already: CDK imports a topic, key or policy into a stack. @default - none */
    readonly imports?: (stack: Stack) => Partial<ZohoTokenRefresherProps>;
  };

/** The refresher as a stack of its own, with what an operator needs next as outputs. */
export class ZohoTokenRefresherStack extends Stack {
  readonly refresher: ZohoTokenRefresher;

  constructor(scope: Construct, id: string, props: ZohoTokenRefresherStackProps) {
    const { env, stackName, synthesizer, terminationProtection, imports, ...refresherProps } = props;
    const description = 'Keeps Zoho access tokens fresh in Secrets Manager';
    super(scope, id, { description, env, stackName, synthesizer, terminationProtection });
    this.refresher = new ZohoTokenRefresher(this, 'Refresher', { ...refresherProps, ...imports?.(this) });
    const { alertTopic, alarmTopic, dashboardName } = this.refresher;
    const output = (name: string, description: string, value: string) =>
      new CfnOutput(this, name, { description, value });
    output('FunctionName', 'Invoke it for a test alert', this.refresher.function.functionName);
    output('Version', 'Of zoho-token-refresher, for zoho-tokens verify', packageJson.version);
    output('AlertTopicArn', 'Subscribe to it for alerts', alertTopic.topicArn);
    if (props.pagingTopic) {
      const nobody = 'Nobody receives the alarms until a paging service is subscribed to it';
      output('PagingTopicArn', nobody, alarmTopic.topicArn);
    }
    output(
      'Subscribers',
      'Who receives the alerts',
      props.alertEmails?.length
        ? `${props.alertEmails.join(', ')}: each receives nothing until it has confirmed, see ConfirmSubscription`
        : 'no e-mail address: subscribe somebody to the alert topic, or nobody is alerted to a failure',
    );
    if (props.alertEmails?.length) {
      output(
        'ConfirmSubscription',
        "Confirm so that no mail scanner can unsubscribe on-call: the token is in the link of AWS's mail, do not click it",
        `aws sns confirm-subscription --topic-arn ${alertTopic.topicArn} --authenticate-on-unsubscribe true --token TOKEN`,
      );
    }
    const page = `dashboards/dashboard/${dashboardName}`;
    output('Dashboard', 'Minutes of life left, failures, alarms', consoleUrl(this, page, dashboardName));
  }
}

/** The address of a page of the CloudWatch console by what stands behind its `#`; another text if no console is known. */
function consoleUrl(scope: Construct, page: string, otherwise: string): string {
  const { region, partition } = Stack.of(scope);
  const url = (host: string) => `https://${host}/cloudwatch/home?region=${region}#${page}`;
  if (!Token.isUnresolved(region)) {
    const host = consoleHost(region);
    return host === undefined ? otherwise : url(host);
  }
  // Where a stack that names no Region goes is known at deploy time only.
  return Object.entries(consolePartitions).reduce((otherUrl, [name, host]) => {
    const id = `IsPartition${name.replaceAll('-', '')}`;
    const condition = new CfnCondition(scope, id, { expression: Fn.conditionEquals(partition, name) });
    return Fn.conditionIf(condition.logicalId, url(host), otherUrl).toString();
  }, otherwise);
}
