/**
 * What may be said of a fault that a client of AWS threw: its name, or the network's code and the address.
 * The SDK's messages may quote an answer, and an answer may be a secret.
 * @returns E.g. `AccessDeniedException`, or `ENOTFOUND secretsmanager.ap-south-1.amazonaws.com`.
 */
export function faultName(fault: unknown): string {
  if (!(fault instanceof Error)) return 'something that is not an error object';
  const [first = fault] = fault instanceof AggregateError ? (fault.errors as unknown[]) : [];
  const { code, hostname, address, port } = first as Record<string, unknown>;
  if (typeof code !== 'string' || !['Error', 'AggregateError'].includes(fault.name)) return fault.name;
  if (typeof hostname === 'string') return `${code} ${hostname}`;
  return typeof address === 'string' ? `${code} ${address}:${port}` : code;
}
