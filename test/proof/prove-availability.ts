import {
  compareAvailability,
  faultsOfMonth,
  playThisSystem,
  shortestSilence,
} from '../simulation/availability/availability.ts';
import { renderTable } from './document.ts';
import { type Prove, startProgress } from './proof.ts';

/** Silences that end a block of Zoho's in one report or another, in minutes. */
const reportedSilences = [shortestSilence, 15, 20, 30, 60];

/** Plays the same days under this system and under what people do instead. */
export const prove: Prove = async ({ runs: days = 30, seed }) => {
  const show = startProgress('availability', 5 + reportedSilences.length);
  const compared = await compareAvailability(seed, days, show);
  const silences: number[][] = [];
  for (const silence of reportedSilences) {
    show(5 + silences.length);
    const { minutesWithout, stretches, tokenRequests, alerts } = await playThisSystem(seed, days, silence);
    const longest = Math.max(0, ...stretches.map(({ minutes }) => minutes));
    silences.push([silence, Math.round(minutesWithout), longest, tokenRequests, alerts]);
  }
  const { own, others, optimum, outages } = compared;
  return {
    sum: `${days} days with ${outages.length} outages, an app call every minute; this system was ${own.minutesWithout} minutes without a token, ${own.avoidableMinutes} of them avoidable`,
    broken: faultsOfMonth(compared).map((fault) => `broken: ${fault}`),
    figures: [
      renderTable(
        ['', 'minutes without a token', 'of these avoidable', 'bad tokens published', 'alerts'],
        [own, ...others, optimum].map(({ name, minutesWithout, avoidableMinutes, badTokens }, index) => [
          name,
          Math.round(minutesWithout),
          Math.round(avoidableMinutes),
          badTokens,
          index === 0 ? own.alerts : 0,
        ]),
      ),
      'This system alone, if a block of Zoho ends only after a longer silence:',
      renderTable(
        ['silence (minutes)', 'minutes without a token', 'longest avoidable stretch', 'token requests', 'alerts'],
        silences,
      ),
    ].join('\n\n'),
  };
};
