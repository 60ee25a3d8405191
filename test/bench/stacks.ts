import { writeFileSync } from 'node:fs';
import { warnAtLifeLeft } from '../../lambda/settings.ts';
import { price } from './prices.ts';
import { atMost, type BenchOptions, type Findings, type Row } from './row.ts';
import { writesPerSecond } from './scale.ts';
import { type Panel, renderPlot } from './stacks/plot.ts';
import {
  connectionsPerStack,
  type Spread,
  type StacksFigures,
  simulatedMinutes,
  simulateStacks,
  spreads,
} from './stacks/simulate-stacks.ts';

const sizes = [1, 2, 5, 10, 15, 20] as const;
const largest = 20;
/** From here on the quota of writes, and not the calls of one refresh, is what takes time. */
const quotaBound = 5;
const lifeSeconds = 3_600;
const minutesPerMonth = 730.5 * 60;
/** Two secrets, four metrics, and an alarm of its own beside a share in the stack's two. */
const fixedCostPerConnection =
  2 * price.secret + 4 * price.metric + (1 + 2 / connectionsPerStack) * price.alarm;

const plotFile = new URL('../../docs/performance-stacks.svg', import.meta.url);

type Figures = ReadonlyMap<Spread, readonly StacksFigures[]>;

/** Twenty stacks in one account and region, all their tokens due in the same minute, in virtual time. */
export async function benchStacks({ progress }: BenchOptions): Promise<Findings> {
  const figures = new Map<Spread, StacksFigures[]>();
  for (const spread of spreads) {
    const found: StacksFigures[] = [];
    for (const stacks of sizes) {
      progress(`stacks: ${stacks}, ticks ${spread}`);
      found.push(await simulateStacks(stacks, spread));
    }
    figures.set(spread, found);
  }
  writeFileSync(plotFile, renderPlot(panelsOf(figures)));
  return { rows: spreads.flatMap((spread) => rowsOf(figures, spread)), document: render(figures) };
}

function rowsOf(figures: Figures, spread: Spread): Row[] {
  const at = (stacks: number) => {
    const found = figures.get(spread)?.find((each) => each.stacks === stacks);
    if (found === undefined) throw new Error(`nothing simulated for ${stacks} stacks`);
    return found;
  };
  const all = at(largest);
  const name = `${all.connections.toLocaleString('en')} connections in ${largest} stacks, ticks ${spread}`;
  const rounded = (value: number) => value.toFixed(2);
  const seconds = (value: number) =>
    Number.isFinite(value) ? `${value.toFixed(1)} s` : 'not before the old token ended';
  const perStack = (all.slowestStackSeconds - at(quotaBound).slowestStackSeconds) / (largest - quotaBound);
  return [
    {
      name: `${name}: life left when the last token is stored`,
      target: `more than ${rounded(warnAtLifeLeft)}`,
      figure: `${rounded(all.leastLifeLeft)} (slowest stack ${seconds(all.slowestStackSeconds)}; ${all.throttledWrites.toLocaleString('en')} throttled writes, ${all.failures.toLocaleString('en')} failures, ${all.failedTicks} failed ticks, ${all.throttledByZoho} throttled by Zoho)`,
      verdict: all.leastLifeLeft > warnAtLifeLeft ? 'met' : 'missed',
    },
    atMost(
      `${name}: time for each further stack, of the quota's own`,
      perStack / (connectionsPerStack / writesPerSecond),
      1.25,
      rounded,
      `from ${quotaBound} stacks on`,
    ),
    atMost(
      `${name}: cost against as many times the cost of one stack`,
      costOf(all) / (largest * costOf(at(1))),
      1.1,
      rounded,
      `$${Math.round(costOf(all)).toLocaleString('en')} a month`,
    ),
  ];
}

/** A month in which every due minute is like the simulated one. */
function costOf({ connections, secretsManagerCalls }: StacksFigures): number {
  const months = minutesPerMonth / simulatedMinutes;
  return connections * fixedCostPerConnection + secretsManagerCalls * months * price.secretsManagerCall;
}

const colors: Record<Spread, string> = {
  'anywhere in the minute': '#0b6e4f',
  'in the same instant': '#b3450c',
};

function panelsOf(figures: Figures): Panel[] {
  const series = (y: (figures: StacksFigures) => number) =>
    spreads.map((spread) => ({
      label: `ticks ${spread}`,
      color: colors[spread],
      points: (figures.get(spread) ?? []).map((each) => [each.connections, y(each)] as const),
    }));
  const xTicks = [0, 250, 500, 750, 1000];
  return [
    {
      title: 'Until the slowest stack has stored every token',
      xLabel: 'connections due in the same minute, 50 in each stack',
      xTicks,
      yTicks: [0.1, 1, 10, 100, 1000, 10_000],
      isLogarithmic: true,
      renderY: (value) => `${value} s`,
      series: [
        ...series(({ slowestStackSeconds }) => slowestStackSeconds),
        {
          label: 'a third of the life is left',
          color: '#666666',
          isDashed: true,
          points: [
            [0, lifeSeconds / 3],
            [1000, lifeSeconds / 3],
          ],
        },
      ],
    },
    {
      title: 'Cost a month, list prices',
      xLabel: 'connections',
      xTicks,
      yTicks: [0, 500, 1000, 1500, 2000, 2500],
      renderY: (value) => `$${value.toLocaleString('en')}`,
      series: series(costOf),
    },
  ];
}

function render(figures: Figures): string {
  const lines = spreads.flatMap((spread) =>
    (figures.get(spread) ?? []).map((each) => {
      const time = Number.isFinite(each.slowestStackSeconds) ? each.slowestStackSeconds.toFixed(1) : 'never';
      return `| ${spread} | ${each.stacks} | ${each.connections} | ${time} | ${each.leastLifeLeft.toFixed(2)} | ${each.throttledWrites} | ${each.failures} | ${each.failedTicks} | $${Math.round(costOf(each))} |`;
    }),
  );
  return [
    '| ticks | stacks | connections | slowest stack, s | least life left | throttled writes | failures | failed ticks | cost a month |',
    '|---|---|---|---|---|---|---|---|---|',
    ...lines,
    '',
    '![Seconds until every token is stored, and cost a month, over the number of connections](performance-stacks.svg)',
  ].join('\n');
}
