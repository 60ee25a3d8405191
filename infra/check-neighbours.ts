import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { functionNameOf } from './function-name.ts';

/** The prefix of each refresher of an app, by its construct. */
const prefixes = new WeakMap<Construct, string>();

/**
 * Refuses a second refresher of the same names: their secrets, alarms and metrics would be one.
 *
 * @throws Error if another refresher of the app may be in the same account and Region under the same prefix.
 */
export function checkNeighbours(scope: Construct, secretPrefix: string): void {
  for (const other of scope.node.root.node.findAll()) {
    const prefix = prefixes.get(other as Construct);
    if (prefix === undefined || functionNameOf(prefix) !== functionNameOf(secretPrefix)) continue;
    const [here, there] = [Stack.of(scope), Stack.of(other)];
    if (differ(here.account, there.account) || differ(here.region, there.region)) continue;
    throw new Error(
      `secretPrefix: "${secretPrefix}" is also that of ${other.node.path}, whose secrets, alarms and metrics have the same names; give one of them another secretPrefix`,
    );
  }
  prefixes.set(scope, secretPrefix);
}

const differ = (one: string, other: string) => !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
