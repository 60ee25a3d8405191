import { expect } from 'vitest';
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
  zohoFaults,
} from '../../../local/faults/zoho-faults.ts';
import { services } from '../../../local/zoho/services.ts';
import { test } from './zoho-client.ts';

// The table says what each fault is judged as; here the Lambda's own readers judge what the stand-in sends.

/** Faults whose answer says it all; what is wrong with the token itself is judged after it. */
const ofToken = [...faultsThatStrike('token'), 'refusal:org_deactivated' as Fault].filter((fault) => {
  const { reply, fields } = zohoFaults[asActiveFault(fault).name];
  return (reply !== undefined || fields !== undefined) && fault !== 'foreign_api_domain';
});

test.for(ofToken)('an answer of the token endpoint is judged as the table says: %s', async (fault, { zoho, desk }) => {
  zoho.faults.set(fault);
  const { status, text } = await zoho.refresh(desk);
  const isReplaced = zohoFaults[asActiveFault(fault).name].reply !== undefined;
  expect(zoho.liveTokens(desk.refresh_token)).toHaveLength(isReplaced ? 0 : 1);
  let judged: Judgement = 'nothing';
  try {
    readTokenAnswer(status, text, []);
  } catch (fault) {
    judged = (fault as RefreshError).code;
  }
  expect(judged).toBe(judgedAs(fault));
});

const ofServices = serviceNames.flatMap((service) =>
  Object.keys(services[service].errors).map((code) => ({ service, code, fault: `${service}:${code}` })),
);
const verdicts: Record<string, string> = {
  token_rejected: 'rejected',
  scope_mismatch: 'lacks scope',
  setting_mismatch: 'wrong setting',
};

test.for(ofServices)('an answer of a service to a probe is judged as the table says: $fault', (each) => {
  const { status, body } = services[each.service].refuse(each.code);
  const probe = { path: '/', errors: undefined, isRequired: true, isCovered: true };
  const { verdict } = readProbeAnswer(rooms[each.service], probe, { status, body });
  const wanted = verdicts[judgedAs(each.fault)];
  if (wanted === undefined) expect(verdict).toMatch(/accepted|cannot tell/);
  else expect(verdict).toBe(wanted);
});
