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

test('only one environment of one repository can take on the role', () => {
  const { Properties } = onlyOne(synthesize(false), 'AWS::IAM::Role');
  expect(Object(flat(Properties.AssumeRolePolicyDocument)).Statement).toEqual([
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRoleWithWebIdentity',
      Principal: {
        Federated: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
      },
      Condition: {
        StringEquals: {
          'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
          'token.actions.githubusercontent.com:sub': 'repo:example/zoho:environment:production',
        },
      },
    },
  ]);
});

test('the role can only take on the roles of cdk bootstrap', () => {
  const { Properties } = onlyOne(synthesize(false), 'AWS::IAM::Policy');
  expect(Object(flat(Properties.PolicyDocument)).Statement).toEqual([
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Resource: ['deploy-role', 'file-publishing-role', 'lookup-role'].map(
        (kind) => `arn:aws:iam::123456789012:role/cdk-hnb659fds-${kind}-123456789012-ap-south-1`,
      ),
    },
  ]);
});

test("GitHub's provider is made unless the account has it", () => {
  expect(ofType(synthesize(false), 'AWS::IAM::OIDCProvider')).toHaveLength(1);
  expect(ofType(synthesize(true), 'AWS::IAM::OIDCProvider')).toHaveLength(0);
});

test.each(['', 'example', 'example/*', '*'])('fails for the repository "%s"', (repository) => {
  expect(() => new DeployRoleStack(new App(), 'S', { repository, environment: 'production' })).toThrow(
    /repository: found/,
  );
});

describe.each(readdirSync('.github/workflows'))('the workflow %s', (file) => {
  const workflow = readFileSync(join('.github/workflows', file), 'utf8');

  test('uses actions by their full commit hash', () => {
    for (const [, reference] of workflow.matchAll(/uses: (\S+)/g)) {
      expect(reference).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$|^\.\/\.github\/workflows\/test\.yml$/);
    }
  });

  test('holds no long-lived key, and asks for no right that it does not need', () => {
    expect(workflow).not.toMatch(/secrets\.|aws-access-key|AKIA/i);
    expect(workflow).toMatch(/^permissions:\n {2}contents: read\n/m);
    expect(workflow).not.toMatch(/write-all|contents: write/);
  });
});

test('the deploy workflow runs from the main branch alone, takes the stage alone, and waits for no audit', () => {
  const deploy = readFileSync('.github/workflows/deploy.yml', 'utf8');
  const jobs = deploy
    .slice(deploy.indexOf('\njobs:'))
    .split(/\n {2}(?=\w+:\n)/)
    .slice(1);
  expect(jobs).toHaveLength(2);
  for (const job of jobs) expect(job).toContain("if: github.ref == 'refs/heads/main'");
  expect([...deploy.matchAll(/(?:-c|--context) "?(\w+)=/g)].map(([, option]) => option)).toEqual([
    'stage',
    'stage',
  ]);
  expect(deploy).not.toMatch(/ALERT_EMAILS/);
  for (const file of ['deploy.yml', 'test.yml']) {
    expect(readFileSync(join('.github/workflows', file), 'utf8')).not.toMatch(/npm (run )?audit/);
  }
});
