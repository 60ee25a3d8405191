import { expect, test } from 'vitest';
import {
  accountsHost,
  type DataCenter,
  dataCenterOfApiDomain,
  dataCenters,
} from '../../../../lambda/connections/data-centers.ts';
import { serviceHost, services } from '../../../../lambda/zoho/services.ts';

const hostsOf = (each: DataCenter) => [serviceHost('salesiq', each), serviceHost('desk', each)];

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

test('every data centre of the contract has its hosts, and no other is known', () => {
  const found = dataCenters.map((each) => [each, [accountsHost(each), ...hostsOf(each)]]);
  expect(Object.fromEntries(found)).toEqual(table);
});

test.each<[dataCenter: DataCenter, ...apiDomains: string[]]>([
  ['us', 'https://www.zohoapis.com'],
  ['in', 'https://www.zohoapis.in', 'https://zohoapis.in', 'https://WWW.ZOHOAPIS.IN/'],
  ['eu', 'https://www.zohoapis.eu'],
  ['jp', 'https://www.zohoapis.jp'],
  ['au', 'https://www.zohoapis.com.au'],
  ['cn', 'https://www.zohoapis.com.cn'],
  ['ca', 'https://www.zohoapis.ca'],
  ['sa', 'https://www.zohoapis.sa'],
  ['uk', 'https://www.zohoapis.uk'],
])('data centre %s is that of the api_domain %s', (dataCenter, ...apiDomains) => {
  for (const each of apiDomains) expect(dataCenterOfApiDomain(each)).toBe(dataCenter);
});

test('any other api_domain proves nothing', () => {
  const strange = ['https://api.zoho.com', 'https://notzohoapis.in', 'https://zohoapis.in.example.com'];
  for (const other of [...strange, 'https://example.com/www.zohoapis.in', 'www.zohoapis.in', '', 'null', '<html>'])
    expect([other, dataCenterOfApiDomain(other)]).toEqual([other, undefined]);
});

test('CRM is called at the host that api_domain names', () => {
  for (const [dataCenter, host] of Object.entries(services.crm.hosts)) {
    expect(host).toMatch(/^www\./);
    expect(dataCenterOfApiDomain(`https://${host}`)).toBe(dataCenter);
  }
});
