import type uPlot from 'uplot';
import type { MarkView } from '../view.ts';

type Kind = MarkView['kind'];
type Row = { readonly kind: Kind; readonly label: string; readonly y: number };

/** The rows under the chart's zero line, one per kind of event; their height is in minutes of the life axis. */
export const markRows: { readonly bottom: number; readonly rows: readonly Row[] } = {
  bottom: -32,
  rows: [
    { kind: 'refresh', label: 'refreshes', y: -7 },
    { kind: 'probe', label: 'probes', y: -14 },
    { kind: 'failure', label: 'failures', y: -21 },
    { kind: 'alert', label: 'alerts', y: -28 },
  ],
};

/** Place of a kind among the rows. */
export function rowOf(kind: Kind): number {
  return markRows.rows.findIndex((row) => row.kind === kind);
}

/** Draws every event into its row; shape and row say what it is, colour only helps. */
export function drawMarks(chart: uPlot, marks: readonly MarkView[], colour: (name: string) => string): void {
  const { ctx, bbox } = chart;
  const size = 3.5 * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left - size, bbox.top, bbox.width + 2 * size, bbox.height);
  ctx.clip();
  ctx.lineWidth = 1.5 * devicePixelRatio;
  for (const { at, kind } of marks) {
    const x = chart.valToPos(at / 1000, 'x', true);
    const y = chart.valToPos(markRows.rows[rowOf(kind)]?.y ?? 0, 'y', true);
    shapes[kind](ctx, x, y, size, colour);
  }
  ctx.restore();
}

type Draw = (
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  size: number,
  colour: (name: string) => string,
) => void;

const shapes: Record<Kind, Draw> = {
  refresh(ctx, x, y, size, colour) {
    ctx.fillStyle = colour('--accent');
    ctx.beginPath();
    ctx.arc(x, y, size, 0, 2 * Math.PI);
    ctx.fill();
  },
  probe(ctx, x, y, size, colour) {
    ctx.strokeStyle = colour('--quiet');
    ctx.beginPath();
    ctx.arc(x, y, size * 0.75, 0, 2 * Math.PI);
    ctx.stroke();
  },
  failure(ctx, x, y, size, colour) {
    ctx.strokeStyle = colour('--critical');
    ctx.beginPath();
    ctx.moveTo(x - size, y - size);
    ctx.lineTo(x + size, y + size);
    ctx.moveTo(x + size, y - size);
    ctx.lineTo(x - size, y + size);
    ctx.stroke();
  },
  alert(ctx, x, y, size, colour) {
    ctx.fillStyle = colour('--warning');
    ctx.beginPath();
    ctx.moveTo(x, y - size * 1.4);
    ctx.lineTo(x + size * 1.4, y);
    ctx.lineTo(x, y + size * 1.4);
    ctx.lineTo(x - size * 1.4, y);
    ctx.fill();
  },
};
