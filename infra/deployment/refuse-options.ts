/** Options that were given with `-c` once; in snake case each is a field of a stage now. */
const formerOptions = [
  'alertEmails',
  'runbookUrl',
  'connections',
  'existingSecrets',
  'pagingTopic',
  'customerManagedKey',
];

/**
 * Refuses durable options from the command line: the next plain deploy would take them away again.
 *
 * @param isGiven - Whether the context has a value of this name.
 * @throws Error that names each option and the field to use.
 */
export function refuseOptions(isGiven: (name: string) => boolean): void {
  const given = formerOptions.filter(isGiven);
  if (given.length === 0) return;
  const fieldOf = (option: string) => option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const advice = given.map((option) => `-c ${option}: use the field ${fieldOf(option)} of a stage`);
  throw new Error(
    `durable options live in deployment.json, so that every later deploy keeps them (docs/deploy.md)\n  ${advice.join('\n  ')}`,
  );
}
