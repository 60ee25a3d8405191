/** `03:20 UTC`. */
export function timeOf(instant: Date): string {
  return `${instant.toISOString().slice(11, 16)} UTC`;
}

/** `03:20 UTC`; with the date if it is not today's. */
export function clock(instant: Date, now: Date): string {
  const date = instant.toISOString().slice(0, 10);
  const isToday = date === now.toISOString().slice(0, 10);
  return `${timeOf(instant)}${isToday ? '' : ` on ${date}`}`;
}

/** `42 minutes`, `6 h 10 min`. */
export function duration(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  if (minutes < 120) return minutes === 1 ? '1 minute' : `${minutes} minutes`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
