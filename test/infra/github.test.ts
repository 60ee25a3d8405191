import { App } from 'aws-cdk-lib';
import { expect, test } from 'vitest';
import { DeployRoleStack } from '../../infra/github/deploy-role-stack.ts';
import { newApp, ofType, propertiesOf, type Template } from './synthesize.ts';

function synthesize(hasProvider: boolean): Template {
  const app = newApp();
  new DeployRoleStack(app, 'DeployRole', { repository: 'example/zoho', environment: 'production', hasProvider });
  return app.synth().getStackArtifact('DeployRole').template;
}

test('only one environment of one repository can take on the role, and it only the roles of cdk bootstrap', () => {
  const template = synthesize(false);
  const [{ AssumeRolePolicyDocument }] = propertiesOf(template, 'AWS::IAM::Role');
  const github = 'token.actions.githubusercontent.com';
  expect(AssumeRolePolicyDocument.Statement).toEqual([
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
  const [{ PolicyDocument }] = propertiesOf(template, 'AWS::IAM::Policy');
  expect(PolicyDocument.Statement).toEqual([
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Resource: ['deploy-role', 'file-publishing-role', 'lookup-role'].map(
        (kind) => `arn:aws:iam::123456789012:role/cdk-hnb659fds-${kind}-123456789012-ap-south-1`,
      ),
    },
  ]);
  expect(ofType(template, 'AWS::IAM::OIDCProvider')).toHaveLength(1);
  // There can be only one.
  expect(ofType(synthesize(true), 'AWS::IAM::OIDCProvider')).toEqual([]);
});

test.each(['', 'example', 'example/*', '*'])('fails for the repository "%s"', (repository) => {
  const make = () => new DeployRoleStack(new App(), 'S', { repository, environment: 'production', hasProvider: true });
  expect(make).toThrow(/repository: found/);
});
