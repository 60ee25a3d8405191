// A Lambda execution environment that is a process of its own, so that it can be killed as a machine would be:
// takes { id, event, now } from its parent, runs the bundle at that instant, and answers { id, answer | error }.
import process from 'node:process';
import { createSharedClock, setClock, useSharedClock } from '../../local/runtime/shared-clock.ts';

const clock = createSharedClock();
useSharedClock(clock);
const { handler } = await import(process.argv[2] ?? '');
process.on('message', ({ id, event, now }: { id: string; event: unknown; now: number }) => {
  setClock(clock, now, 0);
  const end = performance.now() + 60_000;
  const context = { awsRequestId: id, getRemainingTimeInMillis: () => Math.max(0, end - performance.now()) };
  handler(event, context).then(
    (answer: unknown) => process.send?.({ id, answer }),
    ({ name, message }: Error) => process.send?.({ id, error: { name, message } }),
  );
});
process.send?.({ id: 'ready' });
