import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ZohoTokenRefresherProps } from './props.ts';
import { ZohoTokenRefresher } from './zoho-token-refresher.ts';

/** The refresher's props and those of the stack around it. */
export type ZohoTokenRefresherStackProps = ZohoTokenRefresherProps &
  Pick<StackProps, 'env' | 'stackName' | 'synthesizer' | 'terminationProtection'>;

/** The refresher as a stack of its own, with what an operator needs next as outputs. */
export class ZohoTokenRefresherStack extends Stack {
  readonly refresher: ZohoTokenRefresher;

  constructor(scope: Construct, id: string, props: ZohoTokenRefresherStackProps) {
    const { env, stackName, synthesizer, terminationProtection, ...refresherProps } = props;
    super(scope, id, {
      description: 'Keeps Zoho access tokens fresh in Secrets Manager',
      ...(env && { env }),
      ...(stackName && { stackName }),
      ...(synthesizer && { synthesizer }),
      ...(terminationProtection && { terminationProtection }),
    });
    this.refresher = new ZohoTokenRefresher(this, 'Refresher', refresherProps);
    this.output('FunctionName', 'Invoke it for a test alert', this.refresher.function.functionName);
    this.output('AlertTopicArn', 'Subscribe to it for alerts', this.refresher.alertTopic.topicArn);
    if (props.pagingTopic) {
      this.output('PagingTopicArn', 'Subscribe a paging service to it', this.refresher.alarmTopic.topicArn);
    }
    this.output(
      'Subscribers',
      'Who hears of an alert',
      props.alertEmails?.length
        ? `${props.alertEmails.join(', ')}: silent until each has clicked the link in the e-mail from AWS`
        : 'no e-mail address: subscribe somebody to the alert topic, or nobody hears of a failure',
    );
    this.output(
      'Dashboard',
      'Minutes of life left, failures, alarms',
      `https://${this.region}.console.aws.amazon.com/cloudwatch/home?region=${this.region}#dashboards/dashboard/${this.refresher.dashboardName}`,
    );
  }

  private output(name: string, description: string, value: string): void {
    new CfnOutput(this, name, { description, value });
  }
}
