import { describe, expect, test } from 'vitest';
import { type Environment, readEnvironment, readZohoEndpointUrl } from '../../../lambda/environment.ts';

const ALERT_TOPIC_ARN = 'arn:aws:sns:eu-west-1:123456789012:zoho-alerts';

describe('the environment', () => {
  test('needs the alert topic alone, and takes an empty interval, stage or address for none', () => {
    const nothing = { STAGE: '', PROBE_INTERVAL_SECONDS: '', ZOHO_ENDPOINT_URL: '' };
    for (const variables of [{ ALERT_TOPIC_ARN }, { ALERT_TOPIC_ARN, ...nothing }]) {
      expect(readEnvironment(variables)).toEqual({
        alertTopicArn: ALERT_TOPIC_ARN,
        runbookUrl: 'docs/runbook.md',
        logLevel: 'INFO',
        probeIntervalMilliseconds: 900_000,
      });
    }
  });

  test.each<[name: string, value: string, key: keyof Environment, read: unknown]>([
    ['RUNBOOK_URL', 'https://example.com/runbook', 'runbookUrl', 'https://example.com/runbook'],
    ['LOG_LEVEL', 'DEBUG', 'logLevel', 'DEBUG'],
    ['ZOHO_ENDPOINT_URL', 'http://127.0.0.1:4700/', 'zohoEndpointUrl', 'http://127.0.0.1:4700'],
    ['STORED_BASE_URL', 'http://127.0.0.1:4700/', 'storedBaseUrl', 'http://127.0.0.1:4700'],
    ['STAGE', 'staging', 'stage', 'staging'],
    ['PROBE_INTERVAL_SECONDS', '600', 'probeIntervalMilliseconds', 600_000],
    ['PROBE_INTERVAL_SECONDS', '0', 'probeIntervalMilliseconds', 0],
    ['AWS_REGION', 'eu-west-1', 'region', 'eu-west-1'],
    ['AWS_LAMBDA_LOG_GROUP_NAME', '/aws/lambda/zoho', 'logGroup', '/aws/lambda/zoho'],
  ])('takes %s=%s', (name, value, key, read) => {
    expect(readEnvironment({ ALERT_TOPIC_ARN, [name]: value })[key]).toBe(read);
  });

  test('fails for another LOG_LEVEL, and says which there are', () => {
    const message = 'LOG_LEVEL: expected one of DEBUG, INFO, WARN, ERROR, found "debug"';
    expect(() => readEnvironment({ ALERT_TOPIC_ARN, LOG_LEVEL: 'debug' })).toThrow(message);
  });

  test.each<[name: string, value: string | undefined]>([
    ['ALERT_TOPIC_ARN', undefined],
    ['ALERT_TOPIC_ARN', ''],
    ['PROBE_INTERVAL_SECONDS', '5 minutes'],
    ['PROBE_INTERVAL_SECONDS', '-300'],
    ['PROBE_INTERVAL_SECONDS', '900.5'],
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

  // Spellings at random: properties.test.ts. Here: another host, a password, a query, an address that is nearly loopback.
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
    xhttp://127.0.0.1 127.0.0.1:4700 127.0.0.1 true http://`.split(/\s+/);
  test.each([...elsewhere.map((each) => `http://${each}`), ...otherSchemes, ' '])(
    'fails for %j: credentials would leave this machine',
    (value) => {
      expect(() => readZohoEndpointUrl(value)).toThrow(/^ZOHO_ENDPOINT_URL: expected/);
    },
  );

  test('fails without repeating the address: it may hold a password', () => {
    expect(() => readZohoEndpointUrl('http://user:hunter2@example.com')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});
