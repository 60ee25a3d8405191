// A Lambda execution environment that is a process of its own:
//
//   node handler-process-child.mjs HANDLER_FILE [CLOCK_MODULE]
//
// It takes { event, now } as messages, and answers each with what the handler gave and what that took.
// JavaScript and not TypeScript, and the global process, so that neither stripping types nor another module of Node is in
// anybody's figures.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The function's own time-out, as the stack sets it. */
const timeoutMilliseconds = 60_000;

const [, , file, clockModule] = process.argv;
const clocks = clockModule === undefined ? undefined : await import(clockModule);
const clock = clocks?.createSharedClock();
clocks?.useSharedClock(clock);
// Lambda's runtime requires CommonJS and imports ES modules; importing CommonJS would cost it a second parse.
const { handler } = file.endsWith('.mjs')
  ? await import(pathToFileURL(file).href)
  : createRequire(import.meta.url)(file);

process.on('message', async ({ event, now }) => {
  clocks?.setClock(clock, now, 0);
  const startedAt = performance.now();
  const context = {
    awsRequestId: '6b0f2d1e-9a55-4a9b-8c39-0d8f5a1f7c11',
    getRemainingTimeInMillis: () => Math.max(0, startedAt + timeoutMilliseconds - performance.now()),
  };
  const reply = await handler(event, context).then(
    (answer) => ({ answer }),
    ({ name, message }) => ({ error: { name, message } }),
  );
  const handlerMilliseconds = performance.now() - startedAt;
  const { user, system } = process.cpuUsage();
  process.send({
    ...reply,
    handlerMilliseconds,
    cpuMilliseconds: (user + system) / 1e3,
    maxRssMebibytes: process.resourceUsage().maxRSS / 1024,
  });
});
