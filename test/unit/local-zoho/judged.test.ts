import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RefreshError } from '../../../lambda/failure.ts';
import { readProbeAnswer } from '../../../lambda/zoho/probe.ts';
import { services as rooms, serviceNames } from '../../../lambda/zoho/services.ts';
import { readTokenAnswer } from '../../../lambda/zoho/token-answer.ts';
import type { Judgement } from '../../../local/faults/judgement.ts';
import {
  asActiveFault,
  type Fault,
  faultsThatStrike,
  judgedAs,
  type ZohoFault,
  zohoFaults,
} from '../../../local/faults/zoho-faults.ts';
import { services } from '../../../local/zoho/services.ts';
import { startTestZoho, type TestZoho } from './zoho-client.ts';

// The table says what each fault is judged as; here the Lambda's own readers judge what the stand-in sends.

let zoho: TestZoho;
beforeAll(async () => {
  zoho = await startTestZoho();
});
afterAll(() => zoho.close());

/** Rows whose answer says it all; what is wrong with the token itself is judged after it. */
const isAnswer = ({ reply, fields }: ZohoFault) => reply !== undefined || fields !== undefined;
const faults: Fault[] = [...faultsThatStrike('token'), 'refusal:org_deactivated'];
const rows = faults.filter(
  (fault) => isAnswer(zohoFaults[asActiveFault(fault).name]) && fault !== 'foreign_api_domain',
);

describe('what the token endpoint answers', () => {
  test.for(rows)('is judged as the table says: %s', async (fault) => {
    const desk = zoho.plant({ dataCenter: 'in', service: 'desk', scopes: ['Desk.basic.READ'] });
    zoho.faults.clear();
    zoho.faults.set(fault);
    const { status, text } = await zoho.refresh(desk);
    expect(codeOf(() => readTokenAnswer(status, text, []))).toBe(judgedAs(fault));
  });
});

function codeOf(read: () => unknown): Judgement {
  try {
    read();
    return 'nothing';
  } catch (fault) {
    return (fault as RefreshError).code;
  }
}

const verdicts: Record<string, string> = {
  token_rejected: 'rejected',
  scope_mismatch: 'lacks scope',
  setting_mismatch: 'wrong setting',
};
const errors = serviceNames.flatMap((service) =>
  Object.keys(services[service].errors).map((code) => ({ service, code, fault: `${service}:${code}` })),
);

describe('what a service answers to a probe', () => {
  test.for(errors)('is judged as the table says: $fault', ({ service, code, fault }) => {
    const { status, body } = services[service].refuse(code);
    const probe = { path: '/', errors: undefined, isRequired: true, isCovered: true };
    const { verdict } = readProbeAnswer(rooms[service], probe, { status, body });
    const wanted = verdicts[judgedAs(fault)];
    if (wanted === undefined) expect(verdict).toMatch(/accepted|cannot tell/);
    else expect(verdict).toBe(wanted);
  });
});
