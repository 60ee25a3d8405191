import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failureCodes, type RefreshError } from '../../../lambda/failure.ts';
import type { Probe } from '../../../lambda/zoho/choose-probe.ts';
import { readProbeAnswer } from '../../../lambda/zoho/probe-answer.ts';
import { readTokenAnswer } from '../../../lambda/zoho/token-answer.ts';
import type { Judgement } from '../../../local/faults/judgement.ts';
import { type Fault, type FaultName, zohoFaults } from '../../../local/faults/zoho-faults.ts';
import { services } from '../../../local/zoho/services.ts';
import { startTestZoho, type TestZoho } from './zoho-client.ts';

// The table says what each fault is judged as; here the Lambda's own readers judge what the stand-in sends.

let zoho: TestZoho;
beforeAll(async () => {
  zoho = await startTestZoho();
});
afterAll(() => zoho.close());

/** Rows that a Lambda without the code `refused`, or without a room per service, does not judge so yet. */
const isTokenReaderBehind = !failureCodes.some((code) => code === ('refused' as string));
const areServicesBehind = !existsSync('lambda/zoho/services');
const awaited = /^(inactive_|client_not_granted|refusal|throttle_localised_bare|throttle_z101|long_lifetime)/;
const awaitedOfServices = ['salesiq:1001', 'salesiq:1016', 'desk:UNPROCESSABLE_ENTITY'];

const rows = (Object.entries(zohoFaults) as [FaultName, (typeof zohoFaults)[FaultName]][]).filter(
  ([name, { strikes, reply, fields }]) =>
    (strikes === 'token' || strikes === 'any') && (reply || fields) && name !== 'foreign_api_domain',
);

describe('what the token endpoint answers', () => {
  test.for(rows.filter(([name]) => !isTokenReaderBehind || !awaited.test(name)))(
    'is judged as the table says: %s',
    async ([name, { judged, argument }]) => {
      const desk = zoho.plant({ dataCenter: 'in', service: 'desk', scopes: ['Desk.basic.READ'] });
      zoho.faults.clear();
      zoho.faults.set((argument ? `${name}:org_deactivated` : name) as Fault);
      const { status, text } = await zoho.refresh(desk);
      expect(codeOf(() => readTokenAnswer(status, text, []))).toBe(judged);
    },
  );
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
const errors = (['salesiq', 'desk'] as const).flatMap((service) =>
  Object.entries(services[service].errors).map(([code, { judged }]) => ({ service, code, judged })),
);

describe('what a service answers to a probe', () => {
  test.for(
    errors.filter(
      ({ service, code }) => !areServicesBehind || !awaitedOfServices.includes(`${service}:${code}`),
    ),
  )('is judged as the table says: $service $code', ({ service, code, judged }) => {
    const { status, body } = services[service].refuse(code);
    const probe = { path: '/', provesScope: true } as Probe;
    const { verdict } = readProbeAnswer(service, probe, { status, body });
    const wanted = verdicts[judged];
    if (wanted === undefined) expect(verdict).toMatch(/accepted|cannot tell/);
    else expect(verdict).toBe(wanted);
  });
});
