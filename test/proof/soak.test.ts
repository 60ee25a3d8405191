import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Soaked, soak } from './soak.ts';
import { faultsOf } from './soak-verdict.ts';

/** An hour without a fault, but for what is given. */
function soakedWith(
  changes: Partial<Soaked>,
  at: Partial<Record<'megabytes' | 'resident' | 'sockets', (share: number) => number>> = {},
): Soaked {
  const samples = Array.from({ length: 720 }, (_, index) => ({
    second: index * 5,
    residentMegabytes: at.resident?.(index / 720) ?? 140 + (index % 8),
    heapMegabytes: at.megabytes?.(index / 720) ?? 17 + (index % 2),
    sockets: at.sockets?.(index / 720) ?? 16,
    ticks: index * 5,
  }));
  return {
    minutes: 60,
    intervalSeconds: 1,
    seconds: 3_600,
    ticks: 3_600,
    failedTicks: 0,
    samples,
    gaps: Array.from({ length: 3_599 }, (_, index) => 999 + (index % 3)),
    readerCalls: 100,
    secretReads: 100,
    loadFaults: [],
    exitCode: 0,
    ...changes,
  };
}

/** A tenth of all gaps: late twice, then early by as much, so that nothing adds up. */
const late = Array.from({ length: 360 }, (_, index) => [1_030, 1_030, 940][index % 3]) as number[];

describe('the verdict on a soak', () => {
  it('finds nothing in an hour that was level, warming up included', () => {
    expect(faultsOf(soakedWith({}))).toEqual([]);
    const warming = (share: number) => 12 + Math.min(8, share * 30);
    expect(faultsOf(soakedWith({}, { megabytes: warming }))).toEqual([]);
  });

  it.each([
    ['a program that ended by itself', soakedWith({ exitCode: undefined, seconds: 12 }), 'ended by itself'],
    ['a program that could not end', soakedWith({ exitCode: 1 }), 'ended with 1'],
    ['ticks that did not come', soakedWith({ ticks: 3_400 }), '3400 ticks came of 3600'],
    ['a failed tick', soakedWith({ failedTicks: 1 }), '1 ticks failed'],
    ['no load', soakedWith({ secretReads: 0 }), 'nothing was read'],
    ['a failed read', soakedWith({ loadFaults: ['read: TimeoutError'] }), 'TimeoutError'],
    ['memory that grows all the while', soakedWith({}, { megabytes: (share) => 14 + share * 15 }), 'heap'],
    ['a slow leak', soakedWith({}, { megabytes: (share) => 14 + share * 5 }), 'heap'],
    [
      'memory outside of the heap that grows',
      soakedWith({}, { resident: (share) => 140 + share * 40 }),
      'resident',
    ],
    ['sockets that grow', soakedWith({}, { sockets: (share) => 16 + share * 10 }), 'sockets'],
    ['ticks that come late', soakedWith({ gaps: [...Array(3_240).fill(1_000), ...late] }), '30 ms late'],
    ['a schedule that slips', soakedWith({ gaps: Array(3_599).fill(1_001) }), 'drifted by'],
  ])('finds %s', (_, soaked, expected) => {
    expect(faultsOf(soaked)).toEqual([expect.stringContaining(expected)]);
  });
});

describe('a soak', () => {
  it('fails where npm start ends at once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'soak-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const program = join(folder, 'ends.mjs');
    writeFileSync(program, 'process.exit(3);');
    const soaked = await soak({ minutes: 1, intervalSeconds: 1, onSample: () => {}, program });
    expect(faultsOf(soaked)).toEqual([
      expect.stringContaining('ended by itself'),
      '0 ticks came of 60',
      'nothing was read meanwhile',
    ]);
  });
});
