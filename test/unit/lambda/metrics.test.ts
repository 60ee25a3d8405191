import { describe, expect, test } from 'vitest';
import { renderMetrics, renderTick } from '../../../lambda/metrics.ts';
import { start } from './examples.ts';

function read(...[connection, now, metrics]: [string, Date, Parameters<typeof renderMetrics>[3]]) {
  const line = renderMetrics('zoho', connection, now, metrics);
  if (line === undefined) return undefined;
  expect(line).not.toContain('\n');
  return JSON.parse(line);
}

describe('a line of embedded metrics', () => {
  test('of a refresh has all four metrics under prefix and connection', () => {
    const line = read('desk', start, {
      secondsToExpiry: 3540,
      refresh: { isSuccess: true, askedMilliseconds: 812.5 },
    });
    expect(line).toEqual({
      _aws: {
        Timestamp: start.getTime(),
        CloudWatchMetrics: [
          {
            Namespace: 'ZohoTokenRefresher',
            Dimensions: [['SecretPrefix', 'Connection']],
            Metrics: [
              { Name: 'SecondsToExpiry', Unit: 'Seconds' },
              { Name: 'RefreshSuccess', Unit: 'Count' },
              { Name: 'RefreshFailure', Unit: 'Count' },
              { Name: 'RefreshDuration', Unit: 'Milliseconds' },
            ],
          },
        ],
      },
      SecretPrefix: 'zoho',
      Connection: 'desk',
      SecondsToExpiry: 3540,
      RefreshSuccess: 1,
      RefreshFailure: 0,
      RefreshDuration: 812.5,
    });
  });

  test('of a failure counts it, and a success of zero', () => {
    const line = read('desk', start, {
      secondsToExpiry: 0,
      refresh: { isSuccess: false, askedMilliseconds: 5 },
    });
    expect(line).toMatchObject({ SecondsToExpiry: 0, RefreshSuccess: 0, RefreshFailure: 1 });
  });

  test('of a tick without a refresh has the life left alone, even when it is 0', () => {
    const line = read('desk', start, { secondsToExpiry: 0, refresh: undefined });
    expect(line).toMatchObject({ SecondsToExpiry: 0 });
    expect(line._aws.CloudWatchMetrics[0].Metrics).toEqual([{ Name: 'SecondsToExpiry', Unit: 'Seconds' }]);
    expect(line).not.toHaveProperty('RefreshSuccess');
  });

  test('claims no life left where the secret could not be read', () => {
    const line = read('desk', start, {
      secondsToExpiry: undefined,
      refresh: { isSuccess: false, askedMilliseconds: 5 },
    });
    expect(line).not.toHaveProperty('SecondsToExpiry');
    expect(line._aws.CloudWatchMetrics[0].Metrics).toHaveLength(3);
  });

  test.each([true, false])('has no duration where Zoho was not asked, success: %s', (isSuccess) => {
    const line = read('desk', start, {
      secondsToExpiry: 60,
      refresh: { isSuccess, askedMilliseconds: undefined },
    });
    expect(line).toMatchObject({
      RefreshSuccess: isSuccess ? 1 : 0,
      RefreshFailure: isSuccess ? 0 : 1,
    });
    expect(line).not.toHaveProperty('RefreshDuration');
    expect(line._aws.CloudWatchMetrics[0].Metrics).toHaveLength(3);
  });

  test('has a duration of no time at all', () => {
    const line = read('desk', start, {
      secondsToExpiry: 60,
      refresh: { isSuccess: true, askedMilliseconds: 0 },
    });
    expect(line).toMatchObject({ RefreshDuration: 0 });
  });

  test('names in its directive exactly the values that it carries', () => {
    const line = read('desk', start, {
      secondsToExpiry: 1,
      refresh: { isSuccess: true, askedMilliseconds: 1 },
    });
    const { _aws, Connection: _, SecretPrefix: __, ...values } = line;
    const named = _aws.CloudWatchMetrics[0].Metrics.map(({ Name }: { Name: string }) => Name);
    expect(named).toEqual(Object.keys(values));
    for (const value of Object.values(values)) expect(value).toBeTypeOf('number');
  });

  test('is not written where nothing is known', () => {
    expect(read('desk', start, { secondsToExpiry: undefined, refresh: undefined })).toBeUndefined();
  });
});

test('a whole tick counts one under its prefix alone', () => {
  expect(JSON.parse(renderTick('zoho-staging', start))).toEqual({
    _aws: {
      Timestamp: start.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: 'ZohoTokenRefresher',
          Dimensions: [['SecretPrefix']],
          Metrics: [{ Name: 'Ticks', Unit: 'Count' }],
        },
      ],
    },
    SecretPrefix: 'zoho-staging',
    Ticks: 1,
  });
});
