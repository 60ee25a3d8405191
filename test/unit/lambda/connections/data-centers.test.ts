import { expect, test } from 'vitest';
import {
  accountsHost,
  type DataCenter,
  dataCenterOfApiDomain,
  dataCenters,
} from '../../../../lambda/connections/data-centers.ts';
import { serviceHost, services } from '../../../../lambda/zoho/services.ts';

/** Zoho's hosts as section 2 of the gathered facts lists them; `undefined` if none is known. */
const table: Record<DataCenter, [accounts: string, salesiq: string | undefined, desk: string | undefined]> = {
  us: ['accounts.zoho.com', 'salesiq.zoho.com', 'desk.zoho.com'],
  in: ['accounts.zoho.in', 'salesiq.zoho.in', 'desk.zoho.in'],
  eu: ['accounts.zoho.eu', 'salesiq.zoho.eu', 'desk.zoho.eu'],
  jp: ['accounts.zoho.jp', 'salesiq.zoho.jp', 'desk.zoho.jp'],
  au: ['accounts.zoho.com.au', 'salesiq.zoho.com.au', 'desk.zoho.com.au'],
  cn: ['accounts.zoho.com.cn', 'salesiq.zoho.com.cn', 'desk.zoho.com.cn'],
  ca: ['accounts.zohocloud.ca', 'salesiq.zohocloud.ca', 'desk.zohocloud.ca'],
  sa: ['accounts.zoho.sa', 'salesiq.zoho.sa', 'desk.zoho.sa'],
  uk: ['accounts.zoho.uk', undefined, undefined],
  ae: ['accounts.zoho.ae', undefined, 'desk.zoho.ae'],
  sg: ['accounts.zoho.sg', undefined, 'desk.zoho.sg'],
};

test.each(dataCenters)('knows the hosts of data centre %s', (dataCenter) => {
  const found = [accountsHost(dataCenter), serviceHost('salesiq', dataCenter), serviceHost('desk', dataCenter)];
  expect(found).toEqual(table[dataCenter]);
});

test('knows every data centre that the contract names', () => {
  expect(dataCenters.toSorted()).toEqual(Object.keys(table).toSorted());
});

test.each<[apiDomain: string, dataCenter: DataCenter]>([
  ['https://www.zohoapis.com', 'us'],
  ['https://www.zohoapis.in', 'in'],
  ['https://www.zohoapis.eu', 'eu'],
  ['https://www.zohoapis.jp', 'jp'],
  ['https://www.zohoapis.com.au', 'au'],
  ['https://www.zohoapis.com.cn', 'cn'],
  ['https://www.zohoapis.ca', 'ca'],
  ['https://www.zohoapis.sa', 'sa'],
  ['https://www.zohoapis.uk', 'uk'],
  ['https://zohoapis.in', 'in'],
  ['https://WWW.ZOHOAPIS.IN/', 'in'],
])('the api_domain %s belongs to %s', (apiDomain, dataCenter) => {
  expect(dataCenterOfApiDomain(apiDomain)).toBe(dataCenter);
});

test('any other api_domain proves nothing', () => {
  const strange = ['https://api.zoho.com', 'https://notzohoapis.in', 'https://zohoapis.in.example.com'];
  for (const other of [...strange, 'https://example.com/www.zohoapis.in', 'www.zohoapis.in', '', 'null', '<html>'])
    expect([other, dataCenterOfApiDomain(other)]).toEqual([other, undefined]);
});

test.each(Object.entries(services.crm.hosts))(
  'CRM is called in %s at the host that api_domain names: %s',
  (dataCenter, host) => {
    expect(host).toMatch(/^www\./);
    expect(dataCenterOfApiDomain(`https://${host}`)).toBe(dataCenter);
  },
);
