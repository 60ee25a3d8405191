import { expect, test } from 'vitest';
import { renderMetrics, renderTick } from '../../../lambda/metrics.ts';
import { start } from './examples.ts';

type Metrics = Parameters<typeof renderMetrics>[3];
const unitOf: Readonly<Record<string, string>> = {
  SecondsToExpiry: 'Seconds',
  RefreshSuccess: 'Count',
  RefreshFailure: 'Count',
  RefreshDuration: 'Milliseconds',
  Ticks: 'Count',
};

/** A line of embedded metrics with these values, and with a directive that names them and no others. */
function lineOf(dimensions: Readonly<Record<string, string>>, values: Readonly<Record<string, number>>) {
  return {
    _aws: {
      Timestamp: start.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: 'ZohoTokenRefresher',
          Dimensions: [Object.keys(dimensions)],
          Metrics: Object.keys(values).map((Name) => ({ Name, Unit: unitOf[Name] })),
        },
      ],
    },
    ...dimensions,
    ...values,
  };
}

const refreshed = (isSuccess: boolean, askedMilliseconds?: number) => ({ isSuccess, askedMilliseconds });

test.each<[title: string, metrics: Metrics, values: Record<string, number>]>([
  [
    'a refresh with life left',
    { secondsToExpiry: 3540, refresh: refreshed(true, 812.5) },
    { SecondsToExpiry: 3540, RefreshSuccess: 1, RefreshFailure: 0, RefreshDuration: 812.5 },
  ],
  [
    'a failure, with a success of zero and a duration of no time at all',
    { secondsToExpiry: 0, refresh: refreshed(false, 0) },
    { SecondsToExpiry: 0, RefreshSuccess: 0, RefreshFailure: 1, RefreshDuration: 0 },
  ],
  [
    'the life left alone without a refresh, even when it is 0',
    { secondsToExpiry: 0, refresh: undefined },
    { SecondsToExpiry: 0 },
  ],
  [
    'no life left where the secret could not be read',
    { secondsToExpiry: undefined, refresh: refreshed(false, 5) },
    { RefreshSuccess: 0, RefreshFailure: 1, RefreshDuration: 5 },
  ],
  [
    'no duration where Zoho was not asked before a success',
    { secondsToExpiry: 60, refresh: refreshed(true) },
    { SecondsToExpiry: 60, RefreshSuccess: 1, RefreshFailure: 0 },
  ],
  [
    'no duration where Zoho was not asked before a failure',
    { secondsToExpiry: 60, refresh: refreshed(false) },
    { SecondsToExpiry: 60, RefreshSuccess: 0, RefreshFailure: 1 },
  ],
])('a line has %s', (_, metrics, values) => {
  const line = renderMetrics('zoho', 'desk', start, metrics) ?? '';
  expect(line).not.toContain('\n');
  expect(JSON.parse(line)).toEqual(lineOf({ SecretPrefix: 'zoho', Connection: 'desk' }, values));
});

test('no line is written if nothing is known', () => {
  expect(renderMetrics('zoho', 'desk', start, { secondsToExpiry: undefined, refresh: undefined })).toBeUndefined();
});

test('a whole tick counts one under its prefix alone', () => {
  expect(JSON.parse(renderTick('zoho-staging', start))).toEqual(lineOf({ SecretPrefix: 'zoho-staging' }, { Ticks: 1 }));
});
