import type { Level } from '../view.ts';

const minute = 60_000;

/** `00:35:10`, UTC. */
export function clockTime(instant: number): string {
  return new Date(instant).toISOString().slice(11, 19);
}

/** `00:35`, UTC. */
export function shortTime(instant: number): string {
  return new Date(instant).toISOString().slice(11, 16);
}

/** `Mon 23 Nov 2026`, UTC. */
export function dateOf(instant: number): string {
  return new Date(instant).toUTCString().slice(0, 16).replace(',', '');
}

/** `12 min`, `3 h 5 min`. */
export function span(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / minute));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `1 page`, `2 pages`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** Colour of an edge or a bar, by how urgent something is; to be spread into an element. */
export function levelOf(level: Level): { 'data-level': Level; style: Record<string, string> } {
  return { 'data-level': level, style: { '--level': `var(--${level})` } };
}
