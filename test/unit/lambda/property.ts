import fc from 'fast-check';

/** Another seed on every run; a failing test prints it, and the path to its counterexample, for `fc.assert`. */
export const seed = Math.floor(Math.random() * 2 ** 31);
fc.configureGlobal({ seed, numRuns: 300 });
