import { expect, test } from 'vitest';
import { type Metrics, renderMetrics } from '../../../lambda/metrics.ts';
import { start } from './examples.ts';

const connection = { SecretPrefix: 'zoho', Connection: 'desk' };

test.each<[title: string, dimensions: Record<string, string>, metrics: Metrics, named: [Name: string, Unit: string][]]>(
  [
    [
      'a refresh with life left',
      connection,
      { SecondsToExpiry: 3540, RefreshSuccess: 1, RefreshFailure: 0, RefreshDuration: 812.5 },
      [
        ['SecondsToExpiry', 'Seconds'],
        ['RefreshSuccess', 'Count'],
        ['RefreshFailure', 'Count'],
        ['RefreshDuration', 'Milliseconds'],
      ],
    ],
    [
      'what is not known, left out, and zeros',
      connection,
      { SecondsToExpiry: undefined, RefreshFailure: 0, RefreshDuration: 0 },
      [
        ['RefreshFailure', 'Count'],
        ['RefreshDuration', 'Milliseconds'],
      ],
    ],
    ['a whole tick, under its prefix alone', { SecretPrefix: 'zoho-staging' }, { Ticks: 1 }, [['Ticks', 'Count']]],
  ],
)('a line has %s', (_, dimensions, metrics, named) => {
  const line = renderMetrics(dimensions, start, metrics);
  expect(line).not.toContain('\n');
  expect(JSON.parse(line)).toEqual({
    _aws: {
      Timestamp: start.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: 'ZohoTokenRefresher',
          Dimensions: [Object.keys(dimensions)],
          Metrics: named.map(([Name, Unit]) => ({ Name, Unit })),
        },
      ],
    },
    ...dimensions,
    ...JSON.parse(JSON.stringify(metrics)),
  });
});
