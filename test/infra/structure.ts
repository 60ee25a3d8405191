import { defaultLifetimeSeconds, refreshAtLifeLeft } from '../../lambda/settings.ts';
import { flat, ofType, type Template } from './synthesize.ts';

/** The one pattern that may end in a star: the alarms of one refresher, for reading. */
const alarmPattern = /^arn:aws:cloudwatch:ap-south-1:123456789012:alarm:[^*]+\/\*$/;

/**
 * Finds where a template breaks what must hold for every stack of this project.
 *
 * @returns One sentence per fault; empty where the structure holds.
 */
export function faultsOfStructure(template: Template): string[] {
  return [
    ...faultsOfAlarms(template),
    ...faultsOfPolicies(template),
    ...faultsOfSecrets(template),
    ...faultsOfSchedule(template),
    ...faultsOfTopics(template),
  ];
}

function faultsOfAlarms(template: Template): string[] {
  return ofType(template, 'AWS::CloudWatch::Alarm').flatMap(([id, { Properties }]) => {
    const faults: string[] = [];
    const name = String(Properties.AlarmName);
    for (const kind of ['AlarmActions', 'OKActions']) {
      const actions = [Properties[kind] ?? []].flat();
      if (actions.length === 0) faults.push(`${id} has no ${kind}`);
      for (const action of actions)
        faults.push(...whyUnheard(template, String(flat(action)), `${id} ${kind}`, name));
    }
    if (Properties.TreatMissingData === undefined) faults.push(`${id} has no rule for missing data`);
    if (/\/(token-life|heartbeat)$/.test(name)) {
      const { TreatMissingData, Metrics, EvaluationPeriods, DatapointsToAlarm } = Object(Properties);
      const isFilled = [Metrics ?? []].flat().some((metric) => metric.Expression === 'FILL(m1, 0)');
      if (TreatMissingData !== 'breaching' || !isFilled || DatapointsToAlarm !== EvaluationPeriods) {
        faults.push(`${id} sleeps while the function does not run`);
      }
    }
    return faults;
  });
}

/** An alarm publishes only if the topic's policy, and that of the topic's key, let CloudWatch in. */
function whyUnheard(template: Template, topic: string, who: string, alarmName: string): string[] {
  const topicId = topic.slice(1, -1);
  const policies = ofType(template, 'AWS::SNS::TopicPolicy').filter(([, { Properties }]) =>
    [flat(Properties.Topics)].flat().includes(topic),
  );
  const arn = `arn:aws:cloudwatch:ap-south-1:123456789012:alarm:${alarmName}`;
  const isHeard = policies.some(([, { Properties }]) =>
    lets(Properties.PolicyDocument, 'cloudwatch.amazonaws.com', ['sns:Publish'], arn),
  );
  const faults = isHeard ? [] : [`${who}: the policy of ${topicId} does not let it publish`];
  const key = flat(template.Resources[topicId]?.Properties.KmsMasterKeyId);
  if (typeof key !== 'string') return faults;
  const keyPolicy = template.Resources[key.slice(1).replace(/\.Arn>$/, '')]?.Properties.KeyPolicy;
  return lets(keyPolicy, 'cloudwatch.amazonaws.com', ['kms:Decrypt', 'kms:GenerateDataKey*'], arn)
    ? faults
    : [...faults, `${who}: the policy of the key of ${topicId} does not let it publish`];
}

function lets(policy: unknown, service: string, actions: readonly string[], sourceArn: string): boolean {
  return statementsOf(policy).some(
    ({ Effect, Action, Principal, Condition }) =>
      Effect === 'Allow' &&
      Object(Principal).Service === service &&
      actions.every((action) => [Action].flat().includes(action)) &&
      Object(Condition).StringEquals?.['aws:SourceAccount'] === '123456789012' &&
      sourceArn.startsWith(String(Object(Condition).ArnLike?.['aws:SourceArn']).replace(/\*$/, '')),
  );
}

function faultsOfPolicies(template: Template): string[] {
  const roles = ofType(template, 'AWS::IAM::Role').flatMap(([id, { Properties }]) => {
    const managed = [Properties.ManagedPolicyArns ?? []].flat().map((arn) => String(flat(arn)));
    return managed
      .filter((arn) => arn.includes(':aws:policy/'))
      .map((arn) => `${id} has the wide policy ${arn}`);
  });
  const policies = [...ofType(template, 'AWS::IAM::Policy'), ...ofType(template, 'AWS::IAM::ManagedPolicy')];
  return [
    ...roles,
    ...policies.flatMap(([id, { Properties }]) =>
      statementsOf(Properties.PolicyDocument).flatMap(({ Action, Resource }) =>
        [
          ...[Action].flat().filter((action) => String(action).includes('*')),
          ...[Resource].flat().filter((arn) => String(arn).includes('*') && !alarmPattern.test(String(arn))),
        ].map((found) => `${id} has the wildcard ${found}`),
      ),
    ),
  ];
}

function faultsOfSecrets(template: Template): string[] {
  return ofType(template, 'AWS::SecretsManager::Secret').flatMap(([id, secret]) => {
    const { DeletionPolicy, UpdateReplacePolicy, Properties } = secret;
    const faults: string[] = [];
    if (DeletionPolicy !== 'RetainExceptOnCreate') faults.push(`${id} would be deleted with its stack`);
    if (UpdateReplacePolicy !== 'Retain') faults.push(`${id} would be deleted when it is replaced`);
    for (const value of ['SecretString', 'GenerateSecretString']) {
      if (value in Properties)
        faults.push(`${id} has ${value}: CloudFormation would overwrite what is stored`);
    }
    return faults;
  });
}

function faultsOfSchedule(template: Template): string[] {
  return ofType(template, 'AWS::Scheduler::Schedule').flatMap(([id, { Properties }]) => {
    const minutes = Number(/^rate\((\d+) minutes\)$/.exec(String(Properties.ScheduleExpression))?.[1]);
    const { RetryPolicy, DeadLetterConfig } = Object(Properties.Target);
    const faults: string[] = [];
    const tries = Math.floor((defaultLifetimeSeconds * refreshAtLifeLeft) / (minutes * 60));
    if (!(tries >= 4)) faults.push(`${id} leaves ${tries} tries before a token expires`);
    if (!(RetryPolicy?.MaximumEventAgeInSeconds < minutes * 60))
      faults.push(`${id} delivers into the next tick`);
    if (DeadLetterConfig === undefined) faults.push(`${id} loses what it cannot deliver`);
    return faults;
  });
}

function faultsOfTopics(template: Template): string[] {
  return ofType(template, 'AWS::SNS::Topic')
    .filter(
      ([id]) =>
        !ofType(template, 'AWS::SNS::TopicPolicy').some(
          ([, { Properties }]) =>
            [flat(Properties.Topics)].flat().includes(`<${id}>`) &&
            statementsOf(Properties.PolicyDocument).some(
              ({ Effect, Condition }) =>
                Effect === 'Deny' && Object(Condition).Bool?.['aws:SecureTransport'] === 'false',
            ),
        ),
    )
    .map(([id]) => `${id} takes messages without TLS`);
}

function statementsOf(policy: unknown): Record<string, unknown>[] {
  return [Object(flat(policy)).Statement ?? []].flat();
}
