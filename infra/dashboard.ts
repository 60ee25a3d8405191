import { type CfnResource, Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  Color,
  Dashboard,
  GraphWidget,
  type IMetric,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { dashboardNameOf } from '../lambda/log.ts';
import { criticalAtLifeLeft, defaultLifetimeSeconds, warnAtLifeLeft } from '../lambda/settings.ts';
import { ignoreUnknownProperties, type Watched } from './alarms.ts';
import { alarmArn } from './arns.ts';
import { connectionMetric, tickInterval as period } from './metrics-of-function.ts';

const fullWidth = 24;
const halfWidth = fullWidth / 2;
const lifetimeMinutes = defaultLifetimeSeconds / 60;

/** Makes the dashboard: life left and alarm states, what the refreshes do, what carries the ticks. Gives its name. */
export function makeDashboard(scope: Construct, { settings, refresher, tick }: Watched, alarmNames: string[]): string {
  const { secretPrefix, connections } = settings;
  const graph = (title: string, width: number, left: IMetric[]) => new GraphWidget({ title, width, left });
  const refreshes = (title: string, metricName: Parameters<typeof connectionMetric>[0]) =>
    graph(
      title,
      fullWidth / 3,
      connections.map((name) => connectionMetric(metricName, secretPrefix, name).with({ label: name })),
    );
  const countLogLines = (title: string, query: string[]) =>
    new LogQueryWidget({
      title,
      width: halfWidth,
      view: LogQueryVisualizationType.BAR,
      logGroupNames: [refresher.logGroup.logGroupName],
      queryLines: ['filter event = "connection"', ...query],
    });
  const minutesLeft = (connection: string, index: number) =>
    new MathExpression({
      expression: `s${index} / 60`,
      usingMetrics: { [`s${index}`]: connectionMetric('SecondsToExpiry', secretPrefix, connection) },
      label: connection,
      period,
    });
  const dashboardName = dashboardNameOf(secretPrefix, Stack.of(scope).region);
  const dashboard = new Dashboard(scope, 'Dashboard', {
    dashboardName,
    defaultInterval: Duration.hours(12),
    widgets: [
      [
        new TextWidget({
          width: fullWidth,
          height: 2,
          markdown: `# Zoho tokens: ${secretPrefix}\nRunbook: ${settings.runbookUrl}. A line that falls below ${lifetimeMinutes * warnAtLifeLeft} minutes is a failing refresh; at 0 apps are refused.`,
        }),
      ],
      [
        new GraphWidget({
          title: 'Minutes of life left',
          width: halfWidth,
          left: connections.map(minutesLeft),
          leftYAxis: { min: 0, max: lifetimeMinutes, showUnits: false },
          leftAnnotations: [
            { value: lifetimeMinutes * warnAtLifeLeft, label: 'warning', color: Color.ORANGE },
            { value: lifetimeMinutes * criticalAtLifeLeft, label: 'critical', color: Color.RED },
          ],
        }),
        new AlarmStatusWidget({
          title: 'Alarms',
          width: halfWidth,
          alarms: alarmNames.map((name, index) =>
            Alarm.fromAlarmArn(scope, `DashboardAlarm${index}`, alarmArn(scope, name)),
          ),
        }),
      ],
      [
        refreshes('Refreshes', 'RefreshSuccess'),
        refreshes('Failed refreshes', 'RefreshFailure'),
        refreshes('Slowest refresh (ms)', 'RefreshDuration'),
      ],
      [
        countLogLines('Failures by code', ['filter outcome = "failed"', 'stats count(*) by code']),
        countLogLines('Probe verdicts', ['filter ispresent(probe)', 'stats count(*) by probe']),
      ],
      [
        graph('Function throttles', halfWidth, [refresher.lambda.metricThrottles({ period })]),
        graph('Ticks not handed over', halfWidth, [
          tick.metric('InvocationDroppedCount'),
          tick.metric('TargetErrorCount'),
          tick.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period }),
        ]),
      ],
    ],
  });
  // Its tags.
  ignoreUnknownProperties(dashboard.node.defaultChild as CfnResource);
  return dashboardName;
}
