/** Connections differ by shape and colour: paths around 0, as wide as 2. */
const connectionShapes = [
  'M-1 0a1 1 0 1 0 2 0a1 1 0 1 0 -2 0z',
  'M-.9 -.9h1.8v1.8h-1.8z',
  'M0 -1.1L1.1 .9h-2.2z',
  'M-1.1 0L-.55 -1h1.1L1.1 0L.55 1h-1.1z',
] as const;

/** Events of the time line: their path around a place, and their ink. */
export const eventShapes = {
  probe: {
    path: (x: number, y: number) => `M${x - 2.5} ${y}a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0z`,
    ink: { stroke: 'var(--quiet)' },
  },
  failure: {
    path: (x: number, y: number) => `M${x - 3.5} ${y - 3.5}l7 7m0 -7l-7 7`,
    ink: { stroke: 'var(--critical)' },
  },
  alert: { path: (x: number, y: number) => `M${x} ${y - 5}l5 5l-5 5l-5 -5z`, ink: { fill: 'var(--warning)' } },
} as const;
export const eventKinds = ['probe', 'failure', 'alert'] as const;

/** A connection's shape and colour, by its place in the configuration. */
export function shapeOf(index: number): { path: string; colour: string } {
  const place = index % connectionShapes.length;
  return { path: connectionShapes[place] ?? '', colour: `var(--series-${place})` };
}

/** A connection's shape as a character of a text. */
export function Shape({ index }: { index: number }) {
  const { path, colour } = shapeOf(index);
  return (
    <svg class="shape" viewBox="-1.2 -1.2 2.4 2.4" aria-hidden="true">
      <path d={path} fill={colour} />
    </svg>
  );
}

/** An event's shape in the legend. */
export function EventShape({ kind }: { kind: (typeof eventKinds)[number] }) {
  const { path, ink } = eventShapes[kind];
  return (
    <svg class="shape" viewBox="-6 -6 12 12" aria-hidden="true">
      <path {...ink} d={path(0, 0)} />
    </svg>
  );
}
