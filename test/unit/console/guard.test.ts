import { describe, expect, it } from 'vitest';
import { findIntruder, securityHeaders } from '../../../local/console/guard.ts';

const own = { host: '127.0.0.1:4700' };

describe('who may ask the console', () => {
  it.each([
    ['the page itself', { method: 'GET', headers: { ...own, 'sec-fetch-site': 'same-origin' } }],
    [
      'somebody who typed the address',
      { method: 'GET', headers: { host: 'localhost:4700', 'sec-fetch-site': 'none' } },
    ],
    ['a program without a browser', { method: 'GET', headers: own }],
    ['an order of the page', { method: 'POST', headers: { ...own, origin: 'http://127.0.0.1:4700' } }],
  ])('serves %s', (_, request) => {
    expect(findIntruder(request, 4700)).toBeUndefined();
  });

  it.each([
    ['a name that resolves to this machine', { method: 'GET', headers: { host: 'rebound.example:4700' } }],
    ['another port of this machine', { method: 'GET', headers: { host: '127.0.0.1:4701' } }],
    ['no Host', { method: 'GET', headers: {} }],
    [
      'a page of another origin',
      { method: 'POST', headers: { ...own, origin: 'https://somewhere.example' } },
    ],
    ['a page on another port', { method: 'POST', headers: { ...own, origin: 'http://127.0.0.1:3000' } }],
    [
      'the other name of this machine',
      { method: 'POST', headers: { ...own, origin: 'http://localhost:4700' } },
    ],
    ['a sandboxed frame', { method: 'POST', headers: { ...own, origin: 'null' } }],
    ['a picture in a page elsewhere', { method: 'GET', headers: { ...own, 'sec-fetch-site': 'cross-site' } }],
    ['a page of the same site', { method: 'GET', headers: { ...own, 'sec-fetch-site': 'same-site' } }],
    ['an order without an origin', { method: 'POST', headers: own }],
  ])('fails for %s', (_, request) => {
    expect(findIntruder(request, 4700)).toEqual(expect.any(String));
  });

  it('lets nothing run but its own script', () => {
    const policy = securityHeaders['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
  });
});
