/** Options that were given with `-c` once, and the field of a stage that each is now. */
const fields: Readonly<Record<string, string>> = {
  alertEmails: 'alert_emails',
  runbookUrl: 'runbook_url',
  connections: 'connections',
  existingSecrets: 'existing_secrets',
  pagingTopic: 'paging_topic',
  customerManagedKey: 'customer_managed_key',
};

/**
 * Refuses durable options from the command line: the next plain deploy would take them away again.
 *
 * @param isGiven - Whether the context has a value of this name.
 * @throws Error that names each option and the field to use.
 */
export function refuseOptions(isGiven: (name: string) => boolean): void {
  const given = Object.entries(fields).filter(([option]) => isGiven(option));
  if (given.length === 0) return;
  const advice = given.map(([option, field]) => `-c ${option}: use the field ${field} of a stage`);
  throw new Error(
    `durable options live in deployment.json, so that every later deploy keeps them (docs/deploy.md)\n  ${advice.join('\n  ')}`,
  );
}
