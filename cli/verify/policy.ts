import { parseObject } from '../../lambda/parse-object.ts';

/** A call of an AWS service on somebody's behalf, as a resource's policy sees it. */
export type PolicyCall = Readonly<Record<'service' | 'action' | 'resource' | 'account' | 'sourceArn', string>>;

/** As IAM does: a Deny that fits wins, else an Allow is needed. @returns `undefined` if it hangs on something not known here. */
export function policyAllows(text: string, call: PolicyCall): boolean | undefined {
  const statements = [parseObject(text)?.Statement ?? []].flat().map((statement) => Object(statement));
  const fitting = (isDeny: boolean) =>
    statements.filter(({ Effect }) => (Effect === 'Deny') === isDeny).map((each) => fits(each, call));
  const [denies, allows] = [fitting(true), fitting(false)];
  if (denies.includes(true)) return false;
  if (denies.includes(undefined)) return undefined;
  return allows.includes(true) || (allows.includes(undefined) ? undefined : false);
}

/** Whether a statement is about the call; `undefined` if no part speaks against it but one is not known. */
function fits(statement: Record<string, unknown>, call: PolicyCall): boolean | undefined {
  const { Principal, Action, Resource, Condition } = statement;
  const { Service = [], AWS = [] } = Object(Principal);
  const isMeant =
    [Principal, AWS].flat().includes('*') || [Service].flat().some((each) => ['*', call.service].includes(each));
  const ofAction = [Action].flat().some((each) => like(`${each}`.toLowerCase(), call.action.toLowerCase()));
  const ofResource = [Resource].flat().some((each) => like(`${each}`, call.resource));
  const verdicts = [
    'NotPrincipal' in statement ? undefined : isMeant,
    'NotAction' in statement ? undefined : ofAction,
    'NotResource' in statement ? undefined : call.resource === '*' || ofResource,
    ...conditionsOf(Condition, call),
  ];
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

function conditionsOf(condition: unknown, { account, sourceArn }: PolicyCall): (boolean | undefined)[] {
  const known: Record<string, string> = {
    'aws:sourceaccount': account,
    'aws:sourceowner': account,
    'aws:sourcearn': sourceArn,
    'aws:securetransport': 'true',
  };
  return Object.entries(Object(condition)).flatMap(([operator, pairs]) =>
    Object.entries(Object(pairs)).map(([key, wanted]) => {
      const value = known[key.toLowerCase()];
      const [, isExact, isLike] =
        /^(?:(StringEquals|Bool)|(StringLike|Arn(?:Equals|Like)))(?:IfExists)?$/.exec(operator) ?? [];
      if (value === undefined || (isExact ?? isLike) === undefined) return undefined;
      return [wanted].flat().some((each) => (isExact ? `${each}` === value : like(`${each}`, value)));
    }),
  );
}

function like(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
}
