import type { Row } from './row.ts';

/** Writes the rows as plain text, two lines each: verdict and name, then figure and target. */
export function renderTable(rows: readonly Row[]): string {
  const missed = rows.filter(({ verdict }) => verdict === 'missed').length;
  const targets = rows.filter(({ target }) => target !== 'shown').length;
  return [...rows.map(renderRow), `${targets - missed} of ${targets} targets met`].join('\n');
}

function renderRow({ name, target, figure, verdict }: Row): string {
  if (target === 'shown') return `shown   ${name}\n        ${figure}`;
  return `${verdict === 'met' ? 'met' : 'MISSED'}${verdict === 'met' ? '     ' : '  '}${name}\n        ${figure}; target ${target}`;
}
