import { expect, test } from 'vitest';
import { renderMetrics } from '../../../lambda/metrics.ts';
import { start } from './examples.ts';

test('metrics are one line with their dimensions and units; what is not known is left out, and 0 is not', () => {
  const known = { RefreshSuccess: 1, RefreshFailure: 0, RefreshDuration: 812.5, Ticks: 1 };
  const dimensions = { SecretPrefix: 'zoho', Connection: 'desk' };
  const line = renderMetrics(dimensions, start, { SecondsToExpiry: undefined, ...known });
  expect(line).not.toContain('\n');
  const directive = {
    Namespace: 'ZohoTokenRefresher',
    Dimensions: [['SecretPrefix', 'Connection']],
    Metrics: [
      { Name: 'RefreshSuccess', Unit: 'Count' },
      { Name: 'RefreshFailure', Unit: 'Count' },
      { Name: 'RefreshDuration', Unit: 'Milliseconds' },
      { Name: 'Ticks', Unit: 'Count' },
    ],
  };
  const _aws = { Timestamp: start.getTime(), CloudWatchMetrics: [directive] };
  expect(JSON.parse(line)).toEqual({ _aws, ...dimensions, ...known });
  expect(renderMetrics({}, start, { SecondsToExpiry: 3540 })).toContain('{"Name":"SecondsToExpiry","Unit":"Seconds"}');
});
