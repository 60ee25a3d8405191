import type { Service } from '../connections/data-centers.ts';
import { parseObject } from '../parse-object.ts';
import type { ZohoAnswer } from './call-zoho.ts';
import type { Probe } from './choose-probe.ts';

/** What a service says about a token. `reason` may be printed: it holds codes only, never Zoho's text. */
export type ProbeVerdict = {
  readonly verdict: 'accepted' | 'rejected' | 'lacks scope' | 'wrong setting' | 'cannot tell';
  readonly reason: string;
};

/**
 * Reads a service's answer to a probe.
 *
 * SalesIQ may send its errors with status 200, so its body decides; Desk's status and error code agree.
 */
export function readProbeAnswer(service: Service, probe: Probe, answer: ZohoAnswer): ProbeVerdict {
  const found = service === 'desk' ? readDesk(answer) : readSalesiq(answer, probe);
  if (found.verdict === 'lacks scope' && !probe.provesScope) return { ...found, verdict: 'accepted' };
  return found;
}

/** SalesIQ error codes that say something about the token or the settings; all others are about our request. */
const salesiqVerdicts: Record<number, ProbeVerdict['verdict']> = {
  1001: 'rejected', // unknown authentication error
  1005: 'wrong setting', // invalid portal: screen_name
  1008: 'rejected', // invalid OAuthToken
  1009: 'lacks scope', // or a user token where an organisation token is needed
  1010: 'wrong setting', // invalid method: the portal or the API version does not offer this call
  1016: 'accepted', // the operator lacks a permission: the token itself is alive
};
const salesiqUnknownResource = 1019;

function readSalesiq({ status, body }: ZohoAnswer, probe: Probe): ProbeVerdict {
  const answer = parseObject(body);
  const error = answer?.error as { code?: unknown } | undefined | null;
  const code = typeof error?.code === 'object' ? Number.NaN : Number(error?.code);
  if (Number.isInteger(code)) {
    const reason = `SalesIQ error ${code}`;
    if (code === salesiqUnknownResource && probe.provesSetting !== undefined) {
      return { verdict: 'wrong setting', reason: `${reason} for ${probe.provesSetting}` };
    }
    return { verdict: salesiqVerdicts[code] ?? 'cannot tell', reason };
  }
  if (status === 200 && answer !== undefined && 'data' in answer)
    return { verdict: 'accepted', reason: 'read' };
  return { verdict: 'cannot tell', reason: `HTTP ${status}` };
}

const deskVerdicts: Record<string, ProbeVerdict['verdict']> = {
  INVALID_OAUTH: 'rejected',
  UNAUTHORIZED: 'rejected',
  SCOPE_MISMATCH: 'lacks scope',
  OAUTH_ORG_MISMATCH: 'wrong setting',
  FORBIDDEN: 'accepted',
  LICENSE_ACCESS_LIMITED: 'accepted',
  INVALID_DATA: 'wrong setting',
  UNPROCESSABLE_ENTITY: 'wrong setting', // about the orgId: on a read it is all that we supply
};

function readDesk({ status, body }: ZohoAnswer): ProbeVerdict {
  if (status === 204) return { verdict: 'accepted', reason: 'read, empty list' };
  const answer = parseObject(body);
  const errorCode = answer?.errorCode;
  if (typeof errorCode === 'string' && Object.hasOwn(deskVerdicts, errorCode)) {
    return { verdict: deskVerdicts[errorCode] ?? 'cannot tell', reason: `Desk error ${errorCode}` };
  }
  if (status === 401) return { verdict: 'rejected', reason: 'HTTP 401' };
  if (status === 200 && Array.isArray(answer?.data)) return { verdict: 'accepted', reason: 'read' };
  return { verdict: 'cannot tell', reason: `HTTP ${status}` };
}
