import type { Comparison } from './availability/availability.ts';

const size = { width: 960, height: 420 };
const frame = { left: 70, right: 300, top: 30, bottom: 45 };
const colours = ['#0b6e4f', '#c1121f', '#e07a00', '#5f0f9e', '#0057b8'];

/**
 * Draws how the minutes without a token add up over the month, as an SVG.
 *
 * The scale is logarithmic: the ways lie so far apart that no other shows them all.
 */
export function drawMonth({ months, optimum, outages, days }: Comparison): string {
  const minutes = days * 24 * 60;
  const most = Math.max(...months.map(({ minutesWithout }) => minutesWithout), 1);
  const inner = {
    width: size.width - frame.left - frame.right,
    height: size.height - frame.top - frame.bottom,
  };
  const x = (minute: number) => (frame.left + (minute / minutes) * inner.width).toFixed(1);
  const y = (value: number) =>
    (frame.top + inner.height * (1 - Math.log10(1 + value) / Math.log10(1 + most))).toFixed(1);
  const line = (curve: readonly (readonly [number, number])[], end: number) =>
    [...curve, [minutes, end] as const]
      .map(([minute, value], index) => `${index === 0 ? 'M' : 'L'}${x(minute)} ${y(value)}`)
      .join('');
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="13" role="img" aria-label="Minutes without a usable token over ${days} simulated days">`,
    `<rect width="${size.width}" height="${size.height}" fill="#fff"/>`,
    ...outages.map(({ from, to }) => {
      const [left, right] = [x(from / 60_000), x(Math.max(to, from + 1_800_000) / 60_000)];
      return `<rect x="${left}" y="${frame.top}" width="${(Number(right) - Number(left)).toFixed(1)}" height="${inner.height}" fill="#ddd"/>`;
    }),
    ...[0, 1, 10, 100, 1_000, 10_000]
      .filter((value) => value <= most)
      .flatMap((value) => [
        `<line x1="${frame.left}" x2="${frame.left + inner.width}" y1="${y(value)}" y2="${y(value)}" stroke="#bbb" stroke-width="0.5"/>`,
        `<text x="${frame.left - 8}" y="${Number(y(value)) + 4}" text-anchor="end">${value}</text>`,
      ]),
    ...Array.from({ length: Math.floor(days / 5) + 1 }, (_, index) => index * 5).map(
      (day) =>
        `<text x="${x(day * 24 * 60)}" y="${size.height - frame.bottom + 18}" text-anchor="middle">${day}</text>`,
    ),
    `<text x="${frame.left + inner.width / 2}" y="${size.height - 8}" text-anchor="middle">days; grey: something is wrong</text>`,
    `<text x="16" y="${frame.top - 12}">minutes without a usable token, added up</text>`,
  ];
  const shown = [...months, optimum];
  shown.forEach(({ curve, minutesWithout }, index) => {
    const isOptimum = index === months.length;
    const colour = isOptimum ? '#000' : (colours[index] ?? '#000');
    const dash = isOptimum ? ' stroke-dasharray="5 4"' : '';
    parts.push(
      `<path d="${line(curve, minutesWithout)}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>`,
    );
  });
  shown
    .map((month, index) => ({ ...month, index }))
    .toSorted((one, other) => other.minutesWithout - one.minutesWithout)
    .forEach(({ name, minutesWithout, index }, place) => {
      const colour = index === months.length ? '#000' : (colours[index] ?? '#000');
      const top = frame.top + 14 + place * 44;
      const left = size.width - frame.right + 14;
      const [first = '', rest = ''] = name.split(', ');
      parts.push(
        `<rect x="${left}" y="${top - 10}" width="10" height="10" fill="${colour}"/>`,
        `<text x="${left + 16}" y="${top}">${first}: ${Math.round(minutesWithout)} min</text>`,
        `<text x="${left + 16}" y="${top + 15}" fill="#555">${rest}</text>`,
      );
    });
  return `${[...parts, '</svg>'].join('\n')}\n`;
}
