import { Tags } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, type IGrantable, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { makeAlarms } from './alarms.ts';
import { makeChatChannel } from './chat/chat-channel.ts';
import { checkNeighbours, checkProps, checkReplicas } from './check-props.ts';
import { makeConnectionSecrets, type TokenAccess } from './connection-secrets.ts';
import { makeDashboard } from './dashboard.ts';
import { keyOf } from './encryption-key.ts';
import { connectionMetric } from './metrics-of-function.ts';
import type { ZohoTokenRefresherProps } from './props.ts';
import { RefresherFunction } from './refresher-function.ts';
import { settingsOf } from './settings.ts';
import { Tick } from './tick.ts';
import { makeTopics } from './topics.ts';

// The package's entry point is this file.
export type { ZohoTokenRefresherProps } from './props.ts';

/**
 * Keeps the Zoho access tokens of all connections fresh in Secrets Manager, and tells when it cannot.
 *
 * A schedule invokes a function on every tick; the function reads credentials secrets, writes token secrets and
 * publishes alerts; CloudWatch alarms watch from outside whether it does.
 *
 * @example
 * const zoho = new ZohoTokenRefresher(this, 'Zoho', {
 *   connectionsJson: readFileSync('connections.json', 'utf8'),
 *   alertEmails: ['on-call@example.com'],
 * });
 * zoho.grantReadToken('desk', app.taskRole);
 */
export class ZohoTokenRefresher extends Construct {
  /** Topic of the alerts: subscribe whoever has to act. */
  readonly alertTopic: ITopic;
  /** Topic of the CloudWatch alarms: the paging topic if there is one, else the alert topic. */
  readonly alarmTopic: ITopic;
  /** The function, e.g. for further alarms. */
  readonly function: IFunction;
  /** Names of the connections, in the order of `connections.json`. */
  readonly connections: readonly string[];
  /** Name of the dashboard. */
  readonly dashboardName: string;
  /** Key of the secrets and topics; `undefined` under AWS-managed keys. */
  readonly encryptionKey: IKey | undefined;

  private readonly secretPrefix: string;
  /** Made for other accounts so far. */
  private permissions = 0;
  private readonly tokens = new Map<string, TokenAccess>();

  constructor(scope: Construct, id: string, props: ZohoTokenRefresherProps) {
    super(scope, id);
    const settings = settingsOf(props);
    checkProps(settings);
    const { secretPrefix, connections } = settings;
    this.secretPrefix = secretPrefix;
    this.connections = connections;
    checkNeighbours(this, secretPrefix);
    const encryptionKey = keyOf(this, settings);
    this.encryptionKey = encryptionKey;
    checkReplicas(this, settings, encryptionKey !== undefined);
    for (const connection of connections) {
      this.tokens.set(connection, makeConnectionSecrets(this, { settings, connection, encryptionKey }));
    }

    const { alertTopic, alarmTopic } = makeTopics(this, settings, encryptionKey);
    this.alertTopic = alertTopic;
    this.alarmTopic = alarmTopic;

    const refresher = new RefresherFunction(this, 'Refresher', { settings, alertTopic, encryptionKey });
    this.function = refresher.lambda;
    const tick = new Tick(this, 'Tick', refresher.lambda);
    const watched = { settings, refresher, tick };
    this.dashboardName = makeDashboard(this, watched, makeAlarms(this, watched, alarmTopic));
    makeChatChannel(this, { settings, alertTopic, encryptionKey });

    if (props.permissionsBoundary !== undefined) PermissionsBoundary.of(this).apply(props.permissionsBoundary);
    for (const [name, value] of Object.entries(props.tags ?? {})) {
      Tags.of(this).add(name, value, { excludeResourceTypes: ['AWS::CloudWatch::Alarm'] });
    }
  }

  /**
   * Lets an app read the token of one connection, and nothing else.
   *
   * @param connection - Name from `connections.json`, e.g. `desk`.
   * @param grantee - A role or anything with one; in another account only under a customer-managed key.
   * @throws for an unknown connection.
   */
  grantReadToken(connection: string, grantee: IGrantable): Grant {
    return this.token(connection).grantRead(grantee);
  }

  /**
   * Lets an app ask for a look at its connection at once, e.g. after a 401.
   *
   * @param grantee - Whoever calls `lambda:InvokeFunction`. One in another account gets a permission of the function,
   *   and needs a statement of its own account besides.
   * @throws for a principal that Lambda takes no permission for.
   */
  grantRefresh(grantee: IGrantable): Grant {
    return Grant.addToPrincipalOrResource({
      grantee,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [this.function.functionArn],
      resource: {
        env: this.function.env,
        addToResourcePolicy: () => {
          const { grantPrincipal } = grantee;
          this.function.addPermission(`InvokeFromElsewhere${this.permissions++}`, { principal: grantPrincipal });
          return { statementAdded: true, policyDependable: this.function };
        },
      },
    });
  }

  /**
   * The token secret of a connection, e.g. for its name. Its own `grantRead` allows more than {@link grantReadToken}.
   *
   * Not for what copies a value once, such as the `secrets` of an ECS task definition: the token ends within the hour, and
   * apps have to read it anew. See docs/recipes/ecs.md.
   */
  tokenSecret(connection: string): ISecret {
    return this.token(connection).secret;
  }

  /** Seconds until the stored token ends, the least in five minutes; 0 if nothing usable is stored. */
  metricSecondsToExpiry(connection: string): Metric {
    return this.metric('SecondsToExpiry', connection);
  }

  /** Tokens stored, summed in five minutes. */
  metricRefreshSuccess(connection: string): Metric {
    return this.metric('RefreshSuccess', connection);
  }

  /** Refreshes that were tried and failed, summed in five minutes. */
  metricRefreshFailure(connection: string): Metric {
    return this.metric('RefreshFailure', connection);
  }

  /** Milliseconds from the question to the judged answer, the most in five minutes. */
  metricRefreshDuration(connection: string): Metric {
    return this.metric('RefreshDuration', connection);
  }

  private metric(name: Parameters<typeof connectionMetric>[0], connection: string): Metric {
    this.token(connection);
    return connectionMetric(name, this.secretPrefix, connection);
  }

  private token(connection: string): TokenAccess {
    const token = this.tokens.get(connection);
    if (token !== undefined) return token;
    throw new Error(`unknown connection "${connection}"; expected one of ${this.connections.join(', ')}`);
  }
}
