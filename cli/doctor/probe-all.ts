import type { FailureCode } from '../../lambda/failure.ts';
import { tokenSecretId } from '../../lambda/run.ts';
import type { ProbeVerdict } from '../../lambda/zoho/services/service.ts';
import type { Place } from '../place/place.ts';
import { remedyFor } from '../remedies.ts';
import { probeStored } from '../stored/probe-stored.ts';
import type { StoredConnection } from './examine-stored.ts';
import type { Finding } from './finding.ts';

/** What each verdict is in the words of the refresher. */
const codes: Readonly<Partial<Record<ProbeVerdict['verdict'], FailureCode>>> = {
  rejected: 'token_rejected',
  'lacks scope': 'scope_mismatch',
  'wrong setting': 'setting_mismatch',
};

/** Asks each service about its stored token. An answer that cannot tell is a warning: unknown is not healthy. */
export async function probeAll(place: Place, all: readonly StoredConnection[]): Promise<Finding[]> {
  const found = await Promise.all(
    all.map(async ({ connection, stored }): Promise<Finding[]> => {
      const probed = await probeStored(place, connection, stored);
      if (probed === undefined || probed.verdict === 'accepted') return [];
      const code = codes[probed.verdict];
      const problem = `${connection.service} says: ${probed.verdict} (${probed.reason})`;
      const fix = code === undefined ? 'try again later' : remedyFor(code, connection.name);
      const where = tokenSecretId(place.connections.secretPrefix, connection);
      const severity = code === undefined ? 'warning' : 'error';
      return [{ where, line: null, key: 'access_token', severity, problem, fix, blocks: [] }];
    }),
  );
  return found.flat();
}
