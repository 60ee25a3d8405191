// A Lambda execution environment that is a process of its own, so that it can be killed as a machine would be:
// takes { id, event, now } from its parent, runs the bundle at that instant, and answers { id, answer | error }.
import process from 'node:process';

const RealDate = Date;
let shown = RealDate.now();
globalThis.Date = class extends RealDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [shown] : parts));
  }
  static now() {
    return shown;
  }
};
const { handler } = await import(process.argv[2] ?? '');
process.on('message', ({ id, event, now }) => {
  shown = now;
  const end = performance.now() + 60_000;
  const context = { awsRequestId: id, getRemainingTimeInMillis: () => Math.max(0, end - performance.now()) };
  handler(event, context).then(
    (answer) => process.send?.({ id, answer }),
    (fault) => process.send?.({ id, error: { name: fault.name, message: fault.message } }),
  );
});
process.send?.({ id: 'ready' });
