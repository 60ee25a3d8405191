import { askZoho } from '../world/ask-by-hand.ts';
import type { Alternative } from './alternatives.ts';
import { Ledger, type Month, monthOf } from './ledger.ts';
import { connection, MonthStage, minute, start, type ThrottleReading, tickInterval } from './month-stage.ts';
import type { Outage } from './outages.ts';

/** Plays a month under what people do instead. */
export function playAlternative(
  { name, create }: Alternative,
  outages: readonly Outage[],
  minutes: number,
  reading: ThrottleReading,
): Month {
  const stage = new MonthStage(outages, reading);
  const ledger = new Ledger();
  const adopted = new Set<string>();
  let badTokens = 0;
  const ask = () => {
    stage.requests.push(stage.time.now);
    return askZoho(stage.world, connection);
  };
  const adopt = (token: string) => {
    if (adopted.has(token) && token !== 'undefined') return;
    adopted.add(token);
    if (!stage.isGood(token)) badTokens += 1;
  };
  const way = create({ ask, adopt, isAccepted: (token) => stage.isGood(token), now: () => stage.time.now });
  for (let at = 0; at < minutes; at += 1) {
    stage.time.now = start + at * minute;
    stage.carryOutOutages(() => way.anyToken());
    const tokens = way.tokensOfMinute(at);
    if (at < tickInterval / minute) continue;
    const lacking = tokens.filter((token) => !stage.isGood(token)).length / tokens.length;
    ledger.note(at, lacking, stage.wouldGive());
  }
  return monthOf(name, ledger, badTokens, stage.requests, 0);
}

/** Somebody who asks every minute, whom nobody throttles, and who knows a good token when he sees one. */
export function playOptimum(outages: readonly Outage[], minutes: number, reading: ThrottleReading): Month {
  const stage = new MonthStage(outages, reading);
  const ledger = new Ledger();
  let token: string | undefined;
  for (let at = 0; at < minutes; at += 1) {
    stage.time.now = start + at * minute;
    stage.carryOutOutages(() => token);
    const wouldGive = stage.wouldGive();
    if (wouldGive) {
      const { registry } = stage.world.zoho;
      const grant = registry.grant(stage.world.credentials(connection).refresh_token ?? '');
      if (grant !== undefined) token = registry.mint(grant, stage.time.now).accessToken;
    }
    if (at >= tickInterval / minute) ledger.note(at, stage.isGood(token) ? 0 : 1, wouldGive);
  }
  return monthOf('theoretical optimum', ledger, 0, [], 0);
}
