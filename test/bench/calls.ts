import { copyLambda } from './lambda-copy.ts';
import { lambdaVariables } from './lambda-variables.ts';
import { startMeasured, succeeded } from './measured-process.ts';
import type { BenchOptions, Findings, Row } from './row.ts';
import { someConnections } from './some-connections.ts';
import { startStandIns } from './stand-ins.ts';
import type { Scene, Seen } from './stand-ins-messages.ts';
import { type Slot, tickEvent } from './tick.ts';

/** Calls of one tick per connection. */
type Calls = { readonly aws: number; readonly sns: number; readonly token: number; readonly probe: number };

type Situation = {
  readonly name: string;
  readonly scene: Scene;
  readonly slot: Slot;
  /** Ticks before the counted one, under the same scene. */
  readonly ticksBefore: number;
  readonly limit: Calls;
};

const connections = 10;

const situations: readonly Situation[] = [
  situation('nothing due', 'fresh', 'given', { aws: 2, sns: 0, token: 0, probe: 0 }),
  {
    ...situation('nothing due, tokens probed', 'fresh', 'given', { aws: 2, sns: 0, token: 0, probe: 1 }),
    slot: 'probing',
  },
  situation('a refresh', 'half', 'given', { aws: 4, sns: 0, token: 1, probe: 1 }),
  // Zoho is asked, and what would have been stored is one more look before on-call is woken.
  situation('a refused refresh with an alert', 'half', 'revoked', { aws: 4 + 2, sns: 1, token: 1, probe: 0 }),
  {
    ...situation('waiting', 'half', 'revoked', { aws: 3, sns: 0, token: 0, probe: 0 }),
    ticksBefore: 1,
  },
];

/** Counts what one tick sends, on the wire. */
export async function benchCalls({ progress }: BenchOptions): Promise<Findings> {
  const text = someConnections(connections);
  const lambda = copyLambda(text);
  const standIns = await startStandIns({ connectionsText: text });
  const variables = lambdaVariables(standIns.variables);
  const rows: Row[] = [];
  const lines: string[] = [];
  try {
    for (const { name, scene, slot, ticksBefore, limit } of situations) {
      progress(`calls: ${name}`);
      await standIns.set(scene);
      const { first, end, invoke } = await startMeasured(lambda.handler, tickEvent(slot), variables);
      succeeded(first);
      const before = total(await standIns.seen());
      let calls = before;
      for (let tick = 0; tick < ticksBefore; tick += 1) {
        succeeded(await invoke(tickEvent(slot)));
        calls = difference(total(await standIns.seen()), before);
      }
      await end();
      const each = perConnection(calls);
      rows.push(rowOf(name, each, limit));
      lines.push(`| ${name} | ${each.aws} | ${each.sns} | ${each.token} | ${each.probe} |`);
    }
  } finally {
    await standIns.close();
    lambda.close();
  }
  const head = [
    '| tick, per connection | Secrets Manager | SNS | token requests | probes |',
    '|---|---|---|---|---|',
  ];
  return { rows, document: [...head, ...lines].join('\n') };
}

function situation(
  name: string,
  tokens: Scene['tokens'],
  consent: Scene['consent'],
  limit: Calls,
): Situation {
  return {
    name,
    scene: { tokens, consent, zohoLatency: 0, awsLatency: 0 },
    slot: 'plain',
    ticksBefore: 0,
    limit,
  };
}

function total({ secretsManager, sns, tokenRequests, probes }: Seen): Calls {
  const aws = Object.values(secretsManager).reduce((sum, count) => sum + count, 0);
  return { aws, sns, token: tokenRequests, probe: probes };
}

function difference(after: Calls, before: Calls): Calls {
  return {
    aws: after.aws - before.aws,
    sns: after.sns - before.sns,
    token: after.token - before.token,
    probe: after.probe - before.probe,
  };
}

function perConnection(calls: Calls): Calls {
  return {
    aws: calls.aws / connections,
    sns: calls.sns / connections,
    token: calls.token / connections,
    probe: calls.probe / connections,
  };
}

function rowOf(name: string, calls: Calls, limit: Calls): Row {
  const isMet =
    calls.aws <= limit.aws &&
    calls.sns <= limit.sns &&
    calls.token <= limit.token &&
    calls.probe <= limit.probe;
  return {
    name: `calls per connection, ${name}`,
    target: `at most ${describe(limit)}`,
    figure: describe(calls),
    verdict: isMet ? 'met' : 'missed',
  };
}

function describe({ aws, sns, token, probe }: Calls): string {
  return `${aws} Secrets Manager, ${sns} SNS, ${token} token, ${probe} probe`;
}
