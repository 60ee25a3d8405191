import { parseObject } from '../../lambda/parse-object.ts';

/** A call of an AWS service on somebody's behalf, as a resource's policy sees it. */
export type PolicyCall = {
  readonly service: string;
  readonly action: string;
  readonly account: string;
  readonly sourceArn: string;
};

/**
 * Judges a call by the policy of a topic or key, as IAM does: a Deny that fits wins, else an Allow is needed.
 *
 * @returns `undefined` if it hangs on a condition that this judge does not know.
 */
export function policyAllows(text: string, call: PolicyCall): boolean | undefined {
  const statements = [parseObject(text)?.Statement ?? []].flat().map((statement) => Object(statement));
  const verdicts = statements
    .filter((statement) => concerns(statement, call))
    .map((statement) => ({ isDeny: statement.Effect === 'Deny', fits: fits(statement.Condition, call) }));
  const of = (isDeny: boolean, fit: boolean | undefined) =>
    verdicts.some((verdict) => verdict.isDeny === isDeny && verdict.fits === fit);
  if (of(true, true)) return false;
  if (of(true, undefined)) return undefined;
  if (of(false, true)) return true;
  return of(false, undefined) ? undefined : false;
}

function concerns({ Principal, Action }: Record<string, unknown>, { service, action }: PolicyCall): boolean {
  const { Service = [], AWS = [] } = Object(Principal);
  const principals = [Principal, Service, AWS].flat();
  const isMeant = principals.includes('*') || [Service].flat().includes(service);
  return (
    isMeant && [Action].flat().some((pattern) => like(String(pattern).toLowerCase(), action.toLowerCase()))
  );
}

/** Whether every condition holds; `undefined` if none fails but one is not known. */
function fits(condition: unknown, { account, sourceArn }: PolicyCall): boolean | undefined {
  const known: Record<string, string> = {
    'aws:sourceaccount': account,
    'aws:sourceowner': account,
    'aws:sourcearn': sourceArn,
    'aws:securetransport': 'true',
  };
  const verdicts = Object.entries(Object(condition)).flatMap(([operator, pairs]) =>
    Object.entries(Object(pairs)).map(([key, wanted]) => {
      const value = known[key.toLowerCase()];
      const isKnown = /^((String|Arn)(Equals|Like)|Bool)(IfExists)?$/.test(operator);
      if (value === undefined || !isKnown) return undefined;
      return [wanted].flat().some((pattern) => like(String(pattern), value));
    }),
  );
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

function like(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(text);
}
