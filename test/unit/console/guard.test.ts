import { describe, expect, it } from 'vitest';
import { findIntruder, securityHeaders } from '../../../local/console/guard.ts';

const own = { host: '127.0.0.1:4700' };

describe('who may ask the console', () => {
  it.each([
    ['the page itself', { ...own, 'sec-fetch-site': 'same-origin' }],
    ['somebody who typed the address', { host: 'localhost:4700', 'sec-fetch-site': 'none' }],
    ['a program without a browser', own],
    ['an order of the page', { ...own, origin: 'http://127.0.0.1:4700' }, 'POST'],
  ])('serves %s', (_, headers, method = 'GET') => {
    expect(findIntruder({ method, headers }, 4700)).toBeUndefined();
  });

  it.each([
    ['a name that resolves to this machine', { host: 'rebound.example:4700' }],
    ['another port of this machine', { host: '127.0.0.1:4701' }],
    ['no Host', {}],
    ['a page of another origin', { ...own, origin: 'https://somewhere.example' }, 'POST'],
    ['the other name of this machine', { ...own, origin: 'http://localhost:4700' }, 'POST'],
    ['a sandboxed frame', { ...own, origin: 'null' }, 'POST'],
    ['a picture in a page elsewhere', { ...own, 'sec-fetch-site': 'cross-site' }],
    ['a page of the same site', { ...own, 'sec-fetch-site': 'same-site' }],
    ['an order without an origin', own, 'POST'],
  ])('fails for %s', (_, headers, method = 'GET') => {
    expect(findIntruder({ method, headers }, 4700)).toEqual(expect.any(String));
  });

  it('lets nothing run but its own script', () => {
    const policy = securityHeaders['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
  });
});
