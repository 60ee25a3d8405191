import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { shippedPackages, weaknessesOf } from './audit-shipped.ts';

const root = new URL('../../', import.meta.url);
const packageJson = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const lock = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8')) as {
  packages: Record<string, { hasInstallScript?: true; resolved?: string; integrity?: string }>;
};

describe('what an install may do', () => {
  it('no package has an install script but those that package.json allows', () => {
    const withScript = Object.entries(lock.packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path.replace(/.*node_modules\//, ''));
    expect(withScript.toSorted()).toEqual(Object.keys(packageJson.allowScripts).toSorted());
  });

  it('npm is told to stop at any other', () => {
    expect(readFileSync(new URL('.npmrc', root), 'utf8')).toMatch(/^strict-allow-scripts=true$/m);
  });

  it('every version is exact', () => {
    const versions = Object.values({ ...packageJson.dependencies, ...packageJson.devDependencies });
    for (const version of versions) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('the audit of what ships', () => {
  const shipped = shippedPackages(fileURLToPath(new URL('dist', root)), packageJson);

  it('looks at the parts of the bundle, although npm takes them for development tools', () => {
    expect(shipped).toEqual([
      '@aws-sdk/client-secrets-manager',
      '@aws-sdk/client-sns',
      '@aws-sdk/core',
      '@aws-sdk/credential-provider-node',
      '@aws-sdk/xml-builder',
      '@smithy/core',
      '@smithy/node-http-handler',
      '@smithy/signature-v4',
      '@smithy/types',
      'citty',
      'valibot',
    ]);
  });

  it('and each of them has its hash in the lock', () => {
    for (const name of shipped)
      expect(lock.packages[`node_modules/${name}`]?.integrity, name).toMatch(/^sha512-/);
  });

  it('names a weakness of what ships, and leaves others to the developers', () => {
    const vulnerabilities = {
      valibot: { severity: 'high', range: '<1.5.1' },
      vitest: { severity: 'high', range: '<6' },
    };
    expect(weaknessesOf({ vulnerabilities }, shipped)).toEqual(['valibot <1.5.1: high']);
    expect(weaknessesOf({ vulnerabilities: {} }, shipped)).toEqual([]);
  });

  it('fails where there is no report', () => {
    expect(() => weaknessesOf({ statusCode: 405 }, shipped)).toThrow('no report');
  });
});
