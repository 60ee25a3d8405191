import { parseObject } from '../../../lambda/parse-object.ts';
import type { Fact } from '../world/facts.ts';

/** Of a stored value, what helps to understand a breach. */
const telling = ['expires_at', 'fault', 'state', 'incident', 'step', 'claim', 'healing', 'throttle'];

/** Who did what, and of its fields what helps to understand a breach, as a line that somebody can read. */
export function lineOf(fact: Fact): string {
  const run = 'run' in fact ? fact.run : undefined;
  const shown: Record<string, unknown> = { ...fact };
  for (const hidden of ['run', 'kind', 'refreshToken', 'accessToken', 'before', 'lines']) delete shown[hidden];
  if (fact.kind === 'run begins') shown.event = fact.run.event;
  if (fact.kind === 'published') delete shown.text;
  if ('body' in fact) shown.body = fact.body?.slice(0, 160);
  if (fact.kind === 'stored') {
    const fields = parseObject(fact.text);
    shown.text = fields ? Object.fromEntries(telling.map((key) => [key, fields[key]])) : fact.text.slice(0, 40);
  }
  return `${run === undefined ? 'people' : `run ${run.id} (${run.delivery})`}: ${fact.kind} ${JSON.stringify(shown)}`;
}
