import { describe, expect, test } from 'vitest';
import { createLog, dashboardUrl, type LogLevel, logLevels, logsUrl } from '../../../lambda/log.ts';
import { start } from './examples.ts';

function collect(minimum: LogLevel) {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  return { lines, log: createLog(write, minimum, { request_id: 'r-1' }, () => start) };
}

describe('a log line', () => {
  test('is one line of JSON with time, level, event, request and fields', () => {
    const { lines, log } = collect('INFO');
    const fields = { connection: 'desk', alerts: ['open'], code: null, message: 'a\nb' };
    log('WARN', 'connection', { ...fields, probe: undefined });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[^\n]*\n$/);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      timestamp: '2026-11-22T12:00:00.000Z',
      level: 'WARN',
      event: 'connection',
      request_id: 'r-1',
      ...fields,
    });
  });

  test('of a lower level than wanted is left out', () => {
    const counts = (['DEBUG', 'INFO', 'WARN', 'ERROR'] as const).map((minimum) => {
      const { lines, log } = collect(minimum);
      for (const level of logLevels) log(level, 'x', {});
      return lines.length;
    });
    expect(counts).toEqual([4, 3, 2, 1]);
  });
});

describe('the address of the logs', () => {
  const regional = 'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1';

  test('names region and group in the console’s own encoding', () => {
    const url = logsUrl('eu-west-1', '/aws/lambda/zoho-tokens');
    expect(url).toBe(`${regional}#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fzoho-tokens`);
  });

  test('opens the lines of one connection alone', () => {
    const url = logsUrl('eu-west-1', '/aws/lambda/zoho', 'salesiq-visitor') ?? '';
    const [, pattern = ''] = url.split('/log-events$3FfilterPattern$3D');
    const decoded = decodeURIComponent(decodeURIComponent(pattern.replaceAll('$', '%')));
    expect(decoded).toBe('{ $.connection = "salesiq-visitor" }');
    expect(url).not.toMatch(/[\s"{}]/);
  });

  test.each([
    ['cn-north-1', 'https://console.amazonaws.cn/'],
    ['us-gov-west-1', 'https://console.amazonaws-us-gov.com/'],
  ])('is in the console of its partition: %s', (region, console) => {
    expect(logsUrl(region, 'g')).toContain(`${console}cloudwatch/home?region=${region}#`);
  });

  test.each([undefined, 'eusc-de-east-1', 'us-iso-east-1', 'us-isob-east-1', 'eu-isoe-west-1'])(
    'is none rather than a wrong one: %s',
    (region) => {
      expect(logsUrl(region, 'g')).toBeUndefined();
    },
  );
});

test('the address of the dashboard names the stage and the Region, and is left out if no console is known', () => {
  expect(dashboardUrl('eu-west-1', 'acme/zoho')).toBe(
    'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/acme-zoho-token-refresher-eu-west-1',
  );
  for (const region of ['', 'eusc-de-east-1']) expect(dashboardUrl(region, 'zoho')).toBeUndefined();
});
