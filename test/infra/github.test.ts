import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { DeployRoleStack } from '../../infra/github/deploy-role-stack.ts';
import { flat, newApp, ofType, onlyOne, type Template } from './synthesize.ts';

function synthesize(hasProvider: boolean): Template {
  const app = newApp();
  new DeployRoleStack(app, 'DeployRole', {
    repository: 'example/zoho',
    environment: 'production',
    hasProvider,
  });
  return app.synth().getStackArtifact('DeployRole').template;
}

test('only one environment of one repository can take on the role, and it only the roles of cdk bootstrap', () => {
  const template = synthesize(false);
  const { AssumeRolePolicyDocument } = onlyOne(template, 'AWS::IAM::Role').Properties;
  const github = 'token.actions.githubusercontent.com';
  expect(Object(flat(AssumeRolePolicyDocument)).Statement).toEqual([
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRoleWithWebIdentity',
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${github}` },
      Condition: {
        StringEquals: {
          [`${github}:aud`]: 'sts.amazonaws.com',
          [`${github}:sub`]: 'repo:example/zoho:environment:production',
        },
      },
    },
  ]);
  const { PolicyDocument } = onlyOne(template, 'AWS::IAM::Policy').Properties;
  expect(Object(flat(PolicyDocument)).Statement).toEqual([
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Resource: ['deploy-role', 'file-publishing-role', 'lookup-role'].map(
        (kind) => `arn:aws:iam::123456789012:role/cdk-hnb659fds-${kind}-123456789012-ap-south-1`,
      ),
    },
  ]);
  expect(ofType(template, 'AWS::IAM::OIDCProvider')).toHaveLength(1);
});

test("GitHub's provider is not made where the account has it", () => {
  expect(ofType(synthesize(true), 'AWS::IAM::OIDCProvider')).toEqual([]);
});

test.each(['', 'example', 'example/*', '*'])('fails for the repository "%s"', (repository) => {
  expect(() => new DeployRoleStack(new App(), 'S', { repository, environment: 'production' })).toThrow(
    /repository: found/,
  );
});

describe('the workflow', () => {
  const read = (file: string) => readFileSync(join('.github/workflows', file), 'utf8');

  test.each(readdirSync('.github/workflows'))(
    '%s uses actions by their full commit hash, holds no long-lived key and asks for no needless right',
    (file) => {
      for (const [, reference] of read(file).matchAll(/uses: (\S+)/g))
        expect(reference).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$|^\.\/\.github\/workflows\/test\.yml$/);
      expect(read(file)).not.toMatch(/secrets\.|aws-access-key|AKIA/i);
      expect(read(file)).toMatch(/^permissions:\n {2}contents: read\n/m);
      expect(read(file)).not.toMatch(/write-all|contents: write/);
    },
  );

  test('that deploys runs from the main branch alone, takes the stage alone, and waits for no audit', () => {
    const deploy = read('deploy.yml');
    const [, ...jobs] = deploy.slice(deploy.indexOf('\njobs:')).split(/\n {2}(?=\w+:\n)/);
    expect(jobs).toHaveLength(2);
    for (const job of jobs) expect(job).toContain("if: github.ref == 'refs/heads/main'");
    const options = [...deploy.matchAll(/(?:-c|--context) "?(\w+)=/g)].map(([, option]) => option);
    expect(options).toEqual(['stage', 'stage']);
    expect(deploy).not.toMatch(/ALERT_EMAILS/);
    for (const file of ['deploy.yml', 'test.yml']) expect(read(file)).not.toMatch(/npm (run )?audit/);
  });
});
