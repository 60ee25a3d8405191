import { expect, onTestFinished } from 'vitest';
import { type StageOnClock, startStageOnClock } from '../support/stage.ts';

/** A stage for one test, with `desk` alone by default. When the test ends, its outputs are searched for its secrets. */
export async function openStage(names: readonly string[] = ['desk']): Promise<StageOnClock> {
  const stage = await startStageOnClock(names);
  onTestFinished(async () => {
    const found = stage.foundSecret();
    await stage.close();
    expect(found).toBeUndefined();
  });
  return stage;
}
