import { type BenchOptions, type Findings, judged, type Row } from './row.ts';
import { setCountedStage } from './stages.ts';

const connections = 10;
const kinds = ['secretsManager', 'sns', 'token', 'probe'] as const;

/** What a tick finds, by the minute at which it comes, and the most that it may send for each connection. */
const situations: readonly { name: string; minute: number; limit: readonly number[]; isRevoked?: true }[] = [
  { name: 'nothing due, tokens probed', minute: 15, limit: [2, 0, 0, 1] },
  { name: 'nothing due', minute: 20, limit: [2, 0, 0, 0] },
  { name: 'a refresh', minute: 40, limit: [4, 0, 1, 1] },
  // Zoho is asked, and what would have been stored is one more look before on-call is woken.
  { name: 'a refused refresh with an alert', minute: 65, limit: [4 + 2, 1, 1, 0], isRevoked: true },
  { name: 'waiting', minute: 70, limit: [3, 0, 0, 0] },
];

/** Counts what one tick sends, on the wire. */
export async function benchCalls({ progress }: BenchOptions): Promise<Findings> {
  progress(`calls: ticks of ${connections} connections`);
  const stage = await setCountedStage(connections);
  try {
    await stage.tickAt(10);
    const rows: Row[] = [];
    for (const { name, minute, limit, isRevoked } of situations) {
      if (isRevoked) stage.revokeAll();
      const sent = await stage.tickAt(minute);
      const counted = kinds.map((kind) => sent[kind] / connections);
      const isMet = counted.every((count, index) => count <= (limit[index] ?? 0));
      rows.push(judged(`calls per connection, ${name}`, `at most ${describe(limit)}`, describe(counted), isMet));
    }
    return { rows };
  } finally {
    await stage.close();
  }
}

function describe([secretsManager, sns, token, probe]: readonly number[]): string {
  return `${secretsManager} Secrets Manager, ${sns} SNS, ${token} token, ${probe} probe`;
}
