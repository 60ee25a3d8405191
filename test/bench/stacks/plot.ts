/** One line of a plot; an infinite value is drawn as a cross on the upper edge. */
export type Series = {
  readonly label: string;
  readonly color: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly isDashed?: boolean;
};

/** One panel: its axes and lines. */
export type Panel = {
  readonly title: string;
  readonly xLabel: string;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
  /** Powers of ten at equal distances; every value must be above 0. */
  readonly isLogarithmic?: boolean;
  readonly renderY: (value: number) => string;
  readonly series: readonly Series[];
};

const panelSize = { width: 460, height: 320 } as const;
const frame = { left: 64, right: 20, top: 44, bottom: 92 } as const;

/** Draws panels side by side, as an SVG that needs nothing else. */
export function renderPlot(panels: readonly Panel[]): string {
  const width = panels.length * panelSize.width;
  const drawn = panels.map(
    (panel, index) => `<g transform="translate(${index * panelSize.width} 0)">\n${drawPanel(panel)}\n</g>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${panelSize.height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${panelSize.height}" fill="#ffffff"/>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function drawPanel(panel: Panel): string {
  const { title, xLabel, xTicks, yTicks, renderY, series } = panel;
  const inner = {
    width: panelSize.width - frame.left - frame.right,
    height: panelSize.height - frame.top - frame.bottom,
  };
  const scaleY = panel.isLogarithmic ? Math.log10 : (value: number) => value;
  const [lowX, highX] = [xTicks[0] ?? 0, xTicks.at(-1) ?? 1];
  const [lowY, highY] = [scaleY(yTicks[0] ?? 0), scaleY(yTicks.at(-1) ?? 1)];
  const x = (value: number) => round(frame.left + ((value - lowX) / (highX - lowX)) * inner.width);
  const y = (value: number) =>
    round(
      frame.top +
        inner.height * (1 - (Math.min(highY, Math.max(lowY, scaleY(value))) - lowY) / (highY - lowY)),
    );
  const bottom = frame.top + inner.height;
  const grid = yTicks.map(
    (tick) =>
      `<line x1="${frame.left}" y1="${y(tick)}" x2="${panelSize.width - frame.right}" y2="${y(tick)}" stroke="#dddddd"/>` +
      `<text x="${frame.left - 8}" y="${y(tick) + 4}" text-anchor="end" fill="#333333">${renderY(tick)}</text>`,
  );
  const marks = xTicks.map(
    (tick) =>
      `<text x="${x(tick)}" y="${bottom + 18}" text-anchor="middle" fill="#333333">${tick.toLocaleString('en')}</text>`,
  );
  const lines = series.map((each, index) => drawSeries(each, x, y, bottom + 54 + index * 16));
  return [
    `<text x="${frame.left}" y="24" font-size="14" font-weight="bold" fill="#111111">${title}</text>`,
    ...grid,
    ...marks,
    `<text x="${frame.left + inner.width / 2}" y="${bottom + 34}" text-anchor="middle" fill="#333333">${xLabel}</text>`,
    ...lines,
  ].join('\n');
}

function drawSeries(
  { label, color, points, isDashed }: Series,
  x: (value: number) => number,
  y: (value: number) => number,
  legendY: number,
): string {
  const finite = points.filter(([, value]) => Number.isFinite(value));
  const dash = isDashed === true ? ' stroke-dasharray="5 4"' : '';
  const path = finite.map(([at, value]) => `${x(at)},${y(value)}`).join(' ');
  const dots = points.map(([at, value]) =>
    Number.isFinite(value)
      ? isDashed === true
        ? ''
        : `<circle cx="${x(at)}" cy="${y(value)}" r="3" fill="${color}"/>`
      : `<text x="${x(at)}" y="${y(value) + 5}" text-anchor="middle" font-weight="bold" fill="${color}">×</text>`,
  );
  return [
    `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"${dash}/>`,
    ...dots.filter((dot) => dot !== ''),
    `<line x1="${frame.left}" y1="${legendY - 4}" x2="${frame.left + 24}" y2="${legendY - 4}" stroke="${color}" stroke-width="2"${dash}/>`,
    `<text x="${frame.left + 32}" y="${legendY}" fill="#333333">${label}</text>`,
  ].join('\n');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
