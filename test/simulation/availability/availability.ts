import { tickEvent } from '../../../local/stage.ts';
import { renderTable } from '../../proof/document.ts';
import { type Prove, startProgress } from '../../proof/proof.ts';
import { between, createRandom } from '../random.ts';
import { askZoho } from '../world/ask-by-hand.ts';
import { startLambda } from '../world/lambda-in-process.ts';
import { alternatives } from './alternatives.ts';
import { connection, createMonth, type Month, minute, start } from './month.ts';
import { drawOutages } from './outages.ts';

const tickMinutes = 5;
/** What Zoho's page says, taken strictly: the shortest block that anybody reports. */
const shortestSilence = 10;
/** Silences that end a block of Zoho's in one report or another, in minutes. */
const reportedSilences = [shortestSilence, 15, 20, 30, 60];

/** A month under every way, and what the best imaginable one would have come to. */
type Comparison = Awaited<ReturnType<typeof compareAvailability>>;

/** Plays the same days, with the same outages, under this system and under what people do instead. */
export async function compareAvailability(seed: number, days: number, onProgress: (done: number) => void = () => {}) {
  const outages = drawOutages(seed, days);
  const minutes = days * 24 * 60;
  const own = await playThisSystem(seed, days, shortestSilence);
  const others: Month[] = [];
  for (const { name, create } of alternatives) {
    onProgress(1 + others.length);
    const { world, isGood, play } = createMonth(outages, shortestSilence);
    const ask = () => askZoho(world, connection);
    others.push(await play(name, minutes, create({ ask, isAccepted: isGood })));
  }
  onProgress(1 + others.length);
  // Somebody who asks every minute, whom nobody throttles, and who knows a good token when he sees one.
  const { world, time, wouldGive, play } = createMonth(outages, shortestSilence);
  const { registry } = world.zoho;
  let token: string | undefined;
  const optimum = await play('theoretical optimum', minutes, () => {
    const grant = registry.grant(world.credentials(connection).refresh_token ?? '');
    if (wouldGive() && grant !== undefined) token = registry.mint(grant, time.now).accessToken;
    return [token];
  });
  return { outages, own, others, optimum };
}

/** The Lambda's own code, and an app that asks for a new token if a call is answered with 401. */
async function playThisSystem(seed: number, days: number, silenceMinutes: number): Promise<Month> {
  const { world, time, isGood, play } = createMonth(drawOutages(seed, days), silenceMinutes);
  const lambda = startLambda(world, seed);
  const random = createRandom(seed);
  return await play('this system', days * 24 * 60, async (at) => {
    if (at % tickMinutes === 0) {
      const slot = tickEvent(new Date(time.now));
      time.after(between(random, 0, 45_000), () => {
        void lambda.invoke(slot, { delivery: 'on time', chance: at });
      });
    }
    await time.advanceTo(start + (at + 1) * minute - 1);
    const token = world.document(connection)?.access_token as string | undefined;
    if (token !== undefined && !isGood(token)) {
      const event = { connections: [connection], reason: 'unauthorized' };
      void lambda.invoke(event, { delivery: 'on demand', chance: at });
    }
    return [token];
  });
}

/** A tick is late by up to a minute; after a throttle Zoho is left alone for 15 minutes, though 10 might do. */
const mostAvoidable = (after: string) => (/asks too often/.test(after) ? 12 : 6);

/** What should be true of any month and is not, one sentence each. */
export function faultsOfMonth({ own, others, optimum }: Comparison): string[] {
  const { badTokens, minutesWithout, stretches } = own;
  return [
    ...(badTokens > 0 ? [`${badTokens} bad tokens were published`] : []),
    ...others.filter((other) => other.minutesWithout <= minutesWithout).map(({ name }) => `no better than "${name}"`),
    ...(minutesWithout < optimum.minutesWithout ? ['better than the optimum: the month is judged wrongly'] : []),
    ...stretches
      .filter(({ minutes, after }) => minutes > mostAvoidable(after))
      .map(({ minutes, after }) => `${minutes} minutes without a token after "${after}"`),
  ];
}

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
        [own, ...others, optimum].map(({ name, minutesWithout, avoidableMinutes, badTokens, alerts }) => [
          name,
          ...[minutesWithout, avoidableMinutes, badTokens, alerts].map(Math.round),
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
