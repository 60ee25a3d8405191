import { InvalidArgumentError } from 'commander';

/** What an option takes: a number within limits. Anything else is wrong usage, with exit code 2 as everywhere. */
export function numberFrom(least: number, most: number, isWanted = Number.isFinite) {
  return (text: string): number => {
    const value = Number(text);
    if (isWanted(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected ${least} to ${most}, found "${text}".`);
  };
}
