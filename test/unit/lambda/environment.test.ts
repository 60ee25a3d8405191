import { describe, expect, test } from 'vitest';
import { readEnvironment, readZohoEndpointUrl } from '../../../lambda/environment.ts';

const ALERT_TOPIC_ARN = 'arn:aws:sns:eu-west-1:123456789012:zoho-alerts';

describe('the environment', () => {
  test('needs the alert topic alone, and takes an empty interval or stage for none', () => {
    const nothing = { STAGE: '', PROBE_INTERVAL_SECONDS: '', ZOHO_ENDPOINT_URL: '' };
    for (const variables of [{ ALERT_TOPIC_ARN }, { ALERT_TOPIC_ARN, ...nothing }]) {
      expect(readEnvironment(variables)).toEqual({
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
    }
  });

  test('is read whole', () => {
    const variables = {
      ALERT_TOPIC_ARN,
      RUNBOOK_URL: 'https://example.com/runbook',
      LOG_LEVEL: 'DEBUG',
      ZOHO_ENDPOINT_URL: 'http://127.0.0.1:4700/',
      STAGE: 'staging',
      STORED_BASE_URL: 'http://127.0.0.1:4700',
      PROBE_INTERVAL_SECONDS: '600',
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/zoho',
    };
    expect(readEnvironment(variables)).toEqual({
      alertTopicArn: ALERT_TOPIC_ARN,
      runbookUrl: 'https://example.com/runbook',
      logLevel: 'DEBUG',
      zohoEndpointUrl: 'http://127.0.0.1:4700',
      stage: 'staging',
      storedBaseUrl: 'http://127.0.0.1:4700',
      probeIntervalMilliseconds: 600_000,
      region: 'eu-west-1',
      logGroup: '/aws/lambda/zoho',
    });
  });

  test('probes nothing with an interval of 0', () => {
    expect(readEnvironment({ ALERT_TOPIC_ARN, PROBE_INTERVAL_SECONDS: '0' }).probeIntervalMilliseconds).toBe(0);
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
  const asItIs = ['127.0.0.1:4700', '127.0.0.1', '127.8.9.10:1', 'localhost:4700', '[::1]:4700', '127.0.0.1/zoho'];
  test.each([
    ...asItIs.map((each) => [`http://${each}`, `http://${each}`]),
    ['https://127.0.0.1:4700', 'https://127.0.0.1:4700'],
    ['http://127.0.0.1:4700//', 'http://127.0.0.1:4700'],
    ['http://127.0.0.1:4700/zoho/', 'http://127.0.0.1:4700/zoho'],
    ['http://LOCALHOST:4700', 'http://localhost:4700'],
    ['http://127.1:4700', 'http://127.0.0.1:4700'],
    ['http://127.0.0.1:80', 'http://127.0.0.1'],
    ['http://127.0.0.1:4700/a/../zoho', 'http://127.0.0.1:4700/zoho'],
    ['http:\\\\127.0.0.1\\zoho', 'http://127.0.0.1/zoho'],
    ['http://:@127.0.0.1', 'http://127.0.0.1'],
  ])('%j is called at %j', (value, endpoint) => {
    expect(readZohoEndpointUrl(value)).toBe(endpoint);
  });

  // What follows http:// in each group: another host, a password, a query, an address that is nearly loopback.
  const elsewhere = `example.com 127.0.0.1.example.com localhost.example.com 127.0.0.1@example.com
    127.0.0.1:4700@example.com localhost:80@example.com/ example.com#@127.0.0.1 example.com#127.0.0.1
    example.com?127.0.0.1 example.com/127.0.0.1 example.com\\@127.0.0.1 example.com\\.127.0.0.1
    127.0.0.1%2eexample.com 127.0.0.1%00.example.com 127.0.0.1,example.com 127-0-0-1.example.com
    user@127.0.0.1 user:password@localhost :password@127.0.0.1
    127.0.0.1?next=example.com 127.0.0.1#example.com 127.0.0.1? 127.0.0.1# 127.0.0.1/zoho/? 127.0.0.1/zoho#
    127.0.0.256 127.0.0.1.1 0.0.0.0:4700 10.0.0.1 169.254.169.254/latest/meta-data [::] [::2] [::1%25lo]
    [::ffff:10.0.0.1] [2001:db8::1] localhostt xlocalhost local.host 127x0.0.1 1270.0.1`.split(/\s+/);
  const otherSchemes = `https://accounts.zoho.in file://127.0.0.1/etc/passwd file:///etc/passwd ftp://127.0.0.1
    ws://127.0.0.1 data:text/plain,127.0.0.1 javascript:127.0.0.1 //127.0.0.1@example.com localhost:4700
    127.0.0.1:4700 127.0.0.1 true http://`.split(/\s+/);
  test.each([...elsewhere.map((each) => `http://${each}`), ...otherSchemes, ' '])(
    'fails for %j: credentials would leave this machine',
    (value) => {
      expect(() => readZohoEndpointUrl(value)).toThrow(/^ZOHO_ENDPOINT_URL: expected/);
    },
  );

  const odd = `127.1 0177.0.0.1 0x7f000001 2130706433 １２７.0.0.1 127。0。0。1 127.0.0.1\\@example.com
    127.0.0.1/@example.com 127.0.0.1./ ｌocalhost :@127.0.0.1`.split(/\s+/);
  const oddWhole = ['http:127.0.0.1', 'http:\\\\127.0.0.1', 'ht\ntp://127.0.0.1', ' http://127.0.0.1 '];
  test.each([...odd.map((each) => `http://${each}`), ...oddWhole, 'http://127.0.0.1\t.example.com'])(
    'never leads a call elsewhere, spelt %j',
    (value) => {
      let host: string | undefined;
      try {
        host = URL.parse(`${readZohoEndpointUrl(value)}/accounts.zoho.in`)?.hostname;
      } catch (fault) {
        expect(fault).toMatchObject({ message: expect.stringContaining('ZOHO_ENDPOINT_URL') });
        return;
      }
      // An address that no call can be made to leads nowhere; `undefined` is that.
      expect(host ?? '127.0.0.1').toMatch(/^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/);
    },
  );

  test('fails without repeating the address: it may hold a password', () => {
    expect(() => readZohoEndpointUrl('http://user:hunter2@example.com')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});
