import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type Sample, type Soaked, soak } from './soak.ts';
import { faultsOf } from './soak-verdict.ts';

/** An hour without a fault, but for what is given. */
function soakedWith(changes: Partial<Soaked>, grown: (share: number) => Partial<Sample> = () => ({})): Soaked {
  const sampleAt = (index: number) => ({ second: index * 5, residentMegabytes: 140, sockets: 16, ticks: index * 5 });
  const samples = Array.from({ length: 720 }, (_, index) => ({
    ...sampleAt(index),
    heapMegabytes: 17 + (index % 2),
    ...grown(index / 720),
  }));
  const gaps = Array.from({ length: 3_599 }, (_, index) => 999 + (index % 3));
  const read = { readerCalls: 100, secretReads: 100, loadFaults: [] };
  return { minutes: 60, seconds: 3_600, ticks: 3_600, failedTicks: 0, samples, gaps, ...read, exitCode: 0, ...changes };
}

/** A tenth of all gaps: late twice, then early by as much, so that nothing adds up. */
const late = Array.from({ length: 360 }, (_, index) => [1_030, 1_030, 940][index % 3] as number);

it.each<[string, Soaked, readonly string[]]>([
  ['warming up', soakedWith({}, (share) => ({ heapMegabytes: 12 + Math.min(8, share * 30) })), []],
  ['a program that could not end', soakedWith({ exitCode: 1 }), ['ended with 1']],
  ['a failed tick', soakedWith({ failedTicks: 1 }), ['1 ticks failed']],
  ['a failed read', soakedWith({ loadFaults: ['read: TimeoutError'] }), ['TimeoutError']],
  ['a slow leak', soakedWith({}, (share) => ({ heapMegabytes: 14 + share * 5 })), ['heap grew']],
  ['memory outside of the heap', soakedWith({}, (share) => ({ residentMegabytes: 140 + share * 40 })), ['resident']],
  ['sockets that grow', soakedWith({}, (share) => ({ sockets: 16 + share * 10 })), ['sockets']],
  ['ticks that come late', soakedWith({ gaps: [...Array(3_240).fill(1_000), ...late] }), ['30 ms late']],
  ['a schedule that slips', soakedWith({ gaps: Array(3_599).fill(1_001) }), ['drifted by']],
])('the verdict on a soak: %s', (_, soaked, expected) => {
  expect(faultsOf(soaked)).toEqual(expected.map((fault) => expect.stringContaining(fault)));
});

it('a soak fails if npm start ends at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'soak-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = join(folder, 'ends.mjs');
  writeFileSync(program, 'process.exit(3);');
  expect(faultsOf(await soak(1, () => {}, program))).toEqual([
    expect.stringContaining('ended by itself'),
    '0 ticks came of 60',
    'nothing was read meanwhile',
  ]);
});
