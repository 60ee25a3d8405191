import { Duration } from 'aws-cdk-lib';
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
import { criticalAtLifeLeft, defaultLifetimeSeconds, warnAtLifeLeft } from '../lambda/settings.ts';
import { alarmArn } from './alarm-arns.ts';
import { ignoreUnknownProperties } from './cfn-lint.ts';
import { type ConnectionMetric, connectionMetric } from './metrics.ts';

/** What the dashboard shows. */
export type DashboardProps = {
  readonly dashboardName: string;
  readonly secretPrefix: string;
  readonly connections: readonly string[];
  /** Of every graph: a tick interval. */
  readonly period: Duration;
  readonly alarmNames: readonly string[];
  readonly logGroupName: string;
  readonly throttles: IMetric;
  readonly droppedTicks: IMetric;
  readonly targetErrors: IMetric;
  readonly deadLetters: IMetric;
  readonly runbookUrl: string;
};

const fullWidth = 24;
const halfWidth = fullWidth / 2;
const thirdWidth = fullWidth / 3;
const lifetimeMinutes = defaultLifetimeSeconds / 60;

/** Makes the dashboard: life left and alarm states on top, then what the refreshes do, then what carries the ticks. */
export function makeDashboard(scope: Construct, props: DashboardProps): Dashboard {
  const { secretPrefix, connections, period, logGroupName } = props;
  const graph = (title: string, metricName: ConnectionMetric) =>
    new GraphWidget({
      title,
      width: thirdWidth,
      left: connections.map((connection) =>
        connectionMetric(metricName, { secretPrefix, connection }, period).with({ label: connection }),
      ),
    });
  const countLogLines = (title: string, query: string[]) =>
    new LogQueryWidget({
      title,
      width: halfWidth,
      view: LogQueryVisualizationType.BAR,
      logGroupNames: [logGroupName],
      queryLines: ['filter event = "connection"', ...query],
    });
  const dashboard = new Dashboard(scope, 'Dashboard', {
    dashboardName: props.dashboardName,
    defaultInterval: Duration.hours(12),
    widgets: [
      [
        new TextWidget({
          width: fullWidth,
          height: 2,
          markdown: `# Zoho tokens: ${secretPrefix}\nRunbook: ${props.runbookUrl}. A line that falls below ${lifetimeMinutes * warnAtLifeLeft} minutes is a failing refresh; at 0 apps are refused.`,
        }),
      ],
      [
        lifeLeft(props),
        new AlarmStatusWidget({
          title: 'Alarms',
          width: halfWidth,
          alarms: props.alarmNames.map((name, index) =>
            Alarm.fromAlarmArn(scope, `DashboardAlarm${index}`, alarmArn(scope, name)),
          ),
        }),
      ],
      [
        graph('Refreshes', 'RefreshSuccess'),
        graph('Failed refreshes', 'RefreshFailure'),
        graph('Slowest refresh (ms)', 'RefreshDuration'),
      ],
      [
        countLogLines('Failures by code', ['filter outcome = "failed"', 'stats count(*) by code']),
        countLogLines('Probe verdicts', ['filter ispresent(probe)', 'stats count(*) by probe']),
      ],
      [
        new GraphWidget({ title: 'Function throttles', width: halfWidth, left: [props.throttles] }),
        new GraphWidget({
          title: 'Ticks not handed over',
          width: halfWidth,
          left: [props.droppedTicks, props.targetErrors, props.deadLetters],
        }),
      ],
    ],
  });
  // Its tags.
  ignoreUnknownProperties(dashboard.node.defaultChild);
  return dashboard;
}

function lifeLeft({ secretPrefix, connections, period }: DashboardProps): GraphWidget {
  return new GraphWidget({
    title: 'Minutes of life left',
    width: halfWidth,
    left: connections.map(
      (connection, index) =>
        new MathExpression({
          expression: `s${index} / 60`,
          usingMetrics: {
            [`s${index}`]: connectionMetric('SecondsToExpiry', { secretPrefix, connection }, period),
          },
          label: connection,
          period,
        }),
    ),
    leftYAxis: { min: 0, max: lifetimeMinutes, showUnits: false },
    leftAnnotations: [
      { value: lifetimeMinutes * warnAtLifeLeft, label: 'warning', color: Color.ORANGE },
      { value: lifetimeMinutes * criticalAtLifeLeft, label: 'critical', color: Color.RED },
    ],
  });
}
