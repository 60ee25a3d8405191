import { feedBent, parsers } from '../support/parser-promises.ts';
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
  const sum = (key: 'inputs' | 'taken') => results.reduce((total, result) => total + result[key], 0);
  return {
    sum: `${sum('inputs')} inputs for ${results.length} parsers, which took ${sum('taken')} of them`,
    broken: results.flatMap(({ parser, failure }) =>
      failure === undefined
        ? []
        : [
            `broken: ${parser}: ${failure.message}\n  ${JSON.stringify(failure.input)}\n  npm run prove -- fuzz --seed ${seed} --path ${failure.path} --only "${parser}"`,
          ],
    ),
  };
};
