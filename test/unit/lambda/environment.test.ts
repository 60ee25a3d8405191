import { describe, expect, test } from 'vitest';
import { readEnvironment, readZohoEndpointUrl } from '../../../lambda/environment.ts';

const ALERT_TOPIC_ARN = 'arn:aws:sns:eu-west-1:123456789012:zoho-alerts';

describe('the environment', () => {
  test('needs the alert topic alone', () => {
    expect(readEnvironment({ ALERT_TOPIC_ARN })).toEqual({
      alertTopicArn: ALERT_TOPIC_ARN,
      runbookUrl: expect.any(String),
      logLevel: 'INFO',
      zohoEndpointUrl: undefined,
      stage: undefined,
      storedBaseUrl: undefined,
      probeIntervalMilliseconds: 900_000,
      region: undefined,
      logGroup: undefined,
    });
  });

  test('is read whole', () => {
    const environment = readEnvironment({
      ALERT_TOPIC_ARN,
      RUNBOOK_URL: 'https://example.com/runbook',
      LOG_LEVEL: 'DEBUG',
      ZOHO_ENDPOINT_URL: 'http://127.0.0.1:4700/',
      STAGE: 'staging',
      STORED_BASE_URL: 'http://127.0.0.1:4700',
      PROBE_INTERVAL_SECONDS: '0',
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/zoho',
    });
    expect(environment).toEqual({
      alertTopicArn: ALERT_TOPIC_ARN,
      runbookUrl: 'https://example.com/runbook',
      logLevel: 'DEBUG',
      zohoEndpointUrl: 'http://127.0.0.1:4700',
      stage: 'staging',
      storedBaseUrl: 'http://127.0.0.1:4700',
      probeIntervalMilliseconds: 0,
      region: 'eu-west-1',
      logGroup: '/aws/lambda/zoho',
    });
  });

  test('takes an empty interval or stage for none', () => {
    const environment = readEnvironment({
      ALERT_TOPIC_ARN,
      STAGE: '',
      PROBE_INTERVAL_SECONDS: '',
    });
    expect(environment).toMatchObject({
      stage: undefined,
      probeIntervalMilliseconds: 900_000,
    });
  });

  test.each<[name: string, value: string | undefined]>([
    ['ALERT_TOPIC_ARN', undefined],
    ['ALERT_TOPIC_ARN', ''],
    ['LOG_LEVEL', 'debug'],
    ['LOG_LEVEL', 'TRACE'],
    ['PROBE_INTERVAL_SECONDS', '5 minutes'],
    ['PROBE_INTERVAL_SECONDS', '-300'],
    ['PROBE_INTERVAL_SECONDS', '1e3'],
    ['PROBE_INTERVAL_SECONDS', '900.5'],
    ['ZOHO_ENDPOINT_URL', 'https://accounts.zoho.in'],
    ['STORED_BASE_URL', 'https://desk.zoho.in.example.com'],
  ])('fails for %s set to %j, and names it', (name, value) => {
    expect(() => readEnvironment({ ALERT_TOPIC_ARN, [name]: value })).toThrow(name);
  });
});

describe('ZOHO_ENDPOINT_URL', () => {
  test.each([undefined, ''])('set to %j is production', (value) => {
    expect(readZohoEndpointUrl(value)).toBeUndefined();
  });

  test.each([
    'http://127.0.0.1:4700',
    'http://127.0.0.1',
    'http://127.8.9.10:1',
    'http://localhost:4700',
    'http://[::1]:4700',
    'https://127.0.0.1:4700',
    'http://127.0.0.1:4700/zoho',
  ])('accepts %j as it is', (value) => {
    expect(readZohoEndpointUrl(value)).toBe(value);
  });

  test.each([
    ['http://127.0.0.1:4700//', 'http://127.0.0.1:4700'],
    ['http://127.0.0.1:4700/zoho/', 'http://127.0.0.1:4700/zoho'],
    ['http://LOCALHOST:4700', 'http://localhost:4700'],
    ['http://127.1:4700', 'http://127.0.0.1:4700'],
    ['http://127.0.0.1:80', 'http://127.0.0.1'],
    ['http://127.0.0.1:4700/a/../zoho', 'http://127.0.0.1:4700/zoho'],
    ['http:\\\\127.0.0.1\\zoho', 'http://127.0.0.1/zoho'],
    ['http://:@127.0.0.1', 'http://127.0.0.1'],
  ])('is made plain: %j is called at %j', (value, endpoint) => {
    expect(readZohoEndpointUrl(value)).toBe(endpoint);
  });

  test.each([
    'http://example.com',
    'https://accounts.zoho.in',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://127.0.0.1@example.com',
    'http://127.0.0.1:4700@example.com',
    'http://localhost:80@example.com/',
    'http://user@127.0.0.1',
    'http://user:password@localhost',
    'http://example.com#@127.0.0.1',
    'http://example.com#127.0.0.1',
    'http://example.com?127.0.0.1',
    'http://example.com/127.0.0.1',
    'http://example.com\\@127.0.0.1',
    'http://example.com\\.127.0.0.1',
    '//127.0.0.1@example.com',
    'http://127.0.0.1?next=example.com',
    'http://127.0.0.1#example.com',
    'http://127.0.0.1?',
    'http://127.0.0.1#',
    'http://127.0.0.1/zoho/?',
    'http://127.0.0.1/zoho#',
    'http://:password@127.0.0.1',
    'http://127.0.0.1%2eexample.com',
    'http://127.0.0.1%00.example.com',
    'http://127.0.0.1,example.com',
    'http://127.0.0.256',
    'http://127.0.0.1.1',
    'http://0.0.0.0:4700',
    'http://10.0.0.1',
    'http://169.254.169.254/latest/meta-data',
    'http://[::]',
    'http://[::2]',
    'http://[::1%25lo]',
    'http://[::ffff:10.0.0.1]',
    'http://[2001:db8::1]',
    'http://localhostt',
    'http://xlocalhost',
    'http://local.host',
    'http://127x0.0.1',
    'http://127-0-0-1.example.com',
    'http://1270.0.1',
    'file://127.0.0.1/etc/passwd',
    'file:///etc/passwd',
    'ftp://127.0.0.1',
    'ws://127.0.0.1',
    'data:text/plain,127.0.0.1',
    'javascript:127.0.0.1',
    'localhost:4700',
    '127.0.0.1:4700',
    '127.0.0.1',
    'true',
    ' ',
    'http://',
  ])('fails for %j: credentials would leave this machine', (value) => {
    expect(() => readZohoEndpointUrl(value)).toThrow(/^ZOHO_ENDPOINT_URL: expected/);
  });

  test.each([
    'http://127.1',
    'http://0177.0.0.1',
    'http://0x7f000001',
    'http://2130706433',
    'http://１２７.0.0.1',
    'http://127。0。0。1',
    'http:127.0.0.1',
    'http:\\\\127.0.0.1',
    'http://127.0.0.1\\@example.com',
    'http://127.0.0.1/@example.com',
    'http://127.0.0.1\t.example.com',
    'ht\ntp://127.0.0.1',
    'http://127.0.0.1./',
    ' http://127.0.0.1 ',
    'http://ｌocalhost',
    'http://:@127.0.0.1',
  ])('never leads a call elsewhere, spelt %j', (value) => {
    let host: string | undefined;
    try {
      host = URL.parse(`${readZohoEndpointUrl(value)}/accounts.zoho.in`)?.hostname;
    } catch (fault) {
      expect(fault).toMatchObject({ message: expect.stringContaining('ZOHO_ENDPOINT_URL') });
      return;
    }
    // An address that no call can be made to leads nowhere; `undefined` is that.
    expect(host ?? '127.0.0.1').toMatch(/^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/);
  });

  test('fails without repeating the address: it may hold a password', () => {
    expect(() => readZohoEndpointUrl('http://user:hunter2@example.com')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});
