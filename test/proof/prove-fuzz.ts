import { feedBent, parsers } from '../support/parser-promises.ts';
import { renderTable } from './document.ts';
import { matching, type Prove, startProgress } from './proof.ts';

/** Feeds every parser with bent, cut and random inputs; stops each at its first failure. */
export const prove: Prove = async ({ runs = 0, seed, only, path }) => {
  const wanted = matching(parsers, only, ({ name }) => [name]);
  const each = Math.ceil(runs / wanted.length);
  const show = startProgress('fuzz', runs);
  const results = wanted.map((parser, index) => {
    const onInput = (done: number) => show(index * each + done, parser.name);
    return feedBent(parser, { seed, runs: each, path, onInput });
  });
  return {
    sum: `${results.reduce((sum, { inputs }) => sum + inputs, 0)} inputs for ${results.length} parsers`,
    broken: results.flatMap(({ parser, failure }) =>
      failure === undefined
        ? []
        : [
            `broken: ${parser}: ${failure.message}\n  ${JSON.stringify(failure.input)}\n  npm run prove -- fuzz --seed ${seed} --path ${failure.path} --only "${parser}"`,
          ],
    ),
    figures: renderTable(
      ['parser', 'inputs', 'of these taken', 'slowest (ms)', 'broken promises'],
      results.map(({ parser, inputs, taken, slowestMilliseconds, failure }) => [
        parser,
        inputs,
        taken,
        Number(slowestMilliseconds.toFixed(1)),
        failure === undefined ? 0 : 1,
      ]),
    ),
  };
};
