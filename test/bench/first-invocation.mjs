// The process that is measured: loads a handler as Lambda's runtime does, invokes it, and tells the parent.
//
//   node first-invocation.mjs HANDLER_FILE EVENT_JSON
//
// JavaScript and not TypeScript, and the global process, so that neither stripping types nor another module of Node is in
// anybody's figures. More events may follow as messages.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The function's own time-out, as the stack sets it. */
const timeoutMilliseconds = 60_000;

const [, , file, firstEvent] = process.argv;
// Lambda's runtime requires CommonJS and imports ES modules; importing CommonJS would cost it a second parse.
const { handler } = file.endsWith('.mjs')
  ? await import(pathToFileURL(file).href)
  : createRequire(import.meta.url)(file);

async function invoke(event) {
  const startedAt = process.hrtime.bigint();
  const deadline = performance.now() + timeoutMilliseconds;
  const context = {
    awsRequestId: '6b0f2d1e-9a55-4a9b-8c39-0d8f5a1f7c11',
    getRemainingTimeInMillis: () => deadline - performance.now(),
  };
  let answer;
  let error;
  try {
    answer = await handler(event, context);
  } catch (fault) {
    error = String(fault?.stack ?? fault);
  }
  const endedAt = process.hrtime.bigint();
  const { user, system } = process.cpuUsage();
  process.send({
    answer,
    error,
    endedAt: String(endedAt),
    handlerMilliseconds: Number(endedAt - startedAt) / 1e6,
    cpuMilliseconds: (user + system) / 1e3,
    maxRssMebibytes: process.resourceUsage().maxRSS / 1024,
  });
}

process.on('message', invoke);
await invoke(JSON.parse(firstEvent));
