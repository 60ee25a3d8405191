import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import packageJson from '../package.json' with { type: 'json' };
import { consoleUrl } from './console-url.ts';
import type { ZohoTokenRefresherProps } from './props.ts';
import { ZohoTokenRefresher } from './zoho-token-refresher.ts';

/** The refresher's props and those of the stack around it. */
export type ZohoTokenRefresherStackProps = ZohoTokenRefresherProps &
  Pick<StackProps, 'env' | 'stackName' | 'synthesizer' | 'terminationProtection'> & {
    /**
     * Further props with what exists already: CDK imports a topic, key or policy into a stack.
     *
     * @default - none
     */
    readonly imports?: (stack: Stack) => Partial<ZohoTokenRefresherProps>;
  };

/** The refresher as a stack of its own, with what an operator needs next as outputs. */
export class ZohoTokenRefresherStack extends Stack {
  readonly refresher: ZohoTokenRefresher;

  constructor(scope: Construct, id: string, props: ZohoTokenRefresherStackProps) {
    const { env, stackName, synthesizer, terminationProtection, imports, ...refresherProps } = props;
    super(scope, id, {
      description: 'Keeps Zoho access tokens fresh in Secrets Manager',
      ...(env && { env }),
      ...(stackName && { stackName }),
      ...(synthesizer && { synthesizer }),
      ...(terminationProtection && { terminationProtection }),
    });
    this.refresher = new ZohoTokenRefresher(this, 'Refresher', { ...refresherProps, ...imports?.(this) });
    const { alertTopic, alarmTopic } = this.refresher;
    this.output('FunctionName', 'Invoke it for a test alert', this.refresher.function.functionName);
    this.output('Version', 'Of zoho-token-refresher, for zoho-tokens verify', packageJson.version);
    this.output('AlertTopicArn', 'Subscribe to it for alerts', alertTopic.topicArn);
    if (props.pagingTopic) {
      this.output(
        'PagingTopicArn',
        'Nobody receives the alarms until a paging service is subscribed to it',
        alarmTopic.topicArn,
      );
    }
    this.output(
      'Subscribers',
      'Who receives the alerts',
      props.alertEmails?.length
        ? `${props.alertEmails.join(', ')}: each receives nothing until it has confirmed, see ConfirmSubscription`
        : 'no e-mail address: subscribe somebody to the alert topic, or nobody is alerted to a failure',
    );
    if (props.alertEmails?.length) {
      this.output(
        'ConfirmSubscription',
        "Confirm so that no mail scanner can unsubscribe on-call: the token is in the link of AWS's mail, do not click it",
        `aws sns confirm-subscription --topic-arn ${alertTopic.topicArn} --authenticate-on-unsubscribe true --token TOKEN`,
      );
    }
    const { dashboardName } = this.refresher;
    this.output(
      'Dashboard',
      'Minutes of life left, failures, alarms',
      consoleUrl(this, `dashboards/dashboard/${dashboardName}`, dashboardName),
    );
  }

  private output(name: string, description: string, value: string): void {
    new CfnOutput(this, name, { description, value });
  }
}
