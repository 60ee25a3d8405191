import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import * as v from 'valibot';
import { defaultTickIntervalMilliseconds } from '../../lambda/settings.ts';
import { BreakageError, createBreakage } from '../faults/breakage.ts';
import type { Stage } from '../stage.ts';
import type { TickReport } from '../tick-report.ts';
import { listenOnLoopback, readBody } from '../wire/loopback.ts';
import { buildPage } from './build-page.ts';
import { createEventStream } from './event-stream.ts';
import { findIntruder, securityHeaders } from './guard.ts';
import { maskSecrets } from './mask.ts';
import { showSetup } from './setup.ts';
import { createWatch, type StateView } from './stage-watch.ts';
import { startTicker } from './ticker.ts';

/** The console page, being served. */
export type Console = Awaited<ReturnType<typeof startConsole>>;

export const defaultConsolePort = 4700;
/** How often the page gets what changed between the ticks. */
const pulseMilliseconds = 500;
/** A tick that hangs in a hanging stand-in is not waited for longer than this. */
const closeMilliseconds = 1_000;
/** More than any order has. */
const longestOrderBytes = 4_096;

/** What the page can ask the server to do, as JSON. */
const orderSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.variant('do', [
    v.strictObject({ do: v.literal('speed'), speed: v.number() }),
    v.strictObject({ do: v.picklist(['break', 'heal']), fault: v.string(), connection: v.optional(v.string()) }),
    v.strictObject({ do: v.literal('heal all') }),
    v.strictObject({ do: v.literal('test alert') }),
  ]),
);

/**
 * Serves the console page on 127.0.0.1 and ticks the stage.
 *
 * @param options - `port`: 0 for any free one. `onTick`: gets each tick's report. Rejects with node's own error if
 *   the port is taken; nothing is ticked then.
 */
export async function startConsole(
  stage: Stage,
  options: { port?: number; tickIntervalMilliseconds?: number; onTick?: (report: TickReport) => void } = {},
) {
  const { port: wantedPort = defaultConsolePort, onTick = () => {} } = options;
  const { tickIntervalMilliseconds = defaultTickIntervalMilliseconds } = options;
  const page = await buildPage();
  const { url, port, close } = await listenOnLoopback((request, response) => {
    serve(request, response).catch((fault: unknown) => {
      if (v.isValiError(fault))
        answer(response, 400, 'expected an order such as {"do":"break","fault":"token/http_500"}');
      else if (fault instanceof BreakageError || fault instanceof RangeError) answer(response, 400, fault.message);
      else answer(response, 500, 'the console itself has failed');
    });
  }, wantedPort);

  const breakage = createBreakage(stage);
  const watch = createWatch(stage, breakage);
  const stream = createEventStream();
  const setup = showSetup(stage, tickIntervalMilliseconds);
  const ticker = startTicker({
    clock: stage.clock,
    intervalMilliseconds: tickIntervalMilliseconds,
    fastest: Math.max(...setup.speeds),
    tick: async (slot) => {
      const reports = await watch.deliver(slot);
      pulse();
      reports.forEach(onTick);
    },
  });
  const heart = setInterval(pulse, pulseMilliseconds);
  let shown = '';

  function state(): StateView {
    return {
      now: stage.now(),
      speed: ticker.speed(),
      nextTickAt: breakage.delivery() === 'never' ? undefined : ticker.nextTickAt(),
      isTicking: ticker.isTicking(),
      ...watch.look(),
      broken: breakage.list(),
    };
  }

  function pulse(): void {
    const current = state();
    const history = watch.history.takeNews();
    // Time alone needs no message: the page's own clock goes on by itself.
    const comparable = JSON.stringify({ ...current, now: 0 });
    if (comparable !== shown || history !== undefined) stream.broadcast({ state: current, history });
    shown = comparable;
  }

  /** Returns what whoever gave the order should know. */
  async function carryOut(order: v.InferOutput<typeof orderSchema>): Promise<string | undefined> {
    const note = order.do === 'test alert' ? await sendTestAlert(stage) : undefined;
    if (order.do === 'speed') ticker.setSpeed(order.speed);
    if (order.do === 'break' || order.do === 'heal') breakage[order.do](order.fault, order.connection);
    if (order.do === 'heal all') breakage.healAll();
    // A new speed comes with the time at which it began.
    shown = '';
    pulse();
    return note;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/', headers } = request;
    const intruder = findIntruder(request, port);
    const lines = watch.history.linesOf(Number(/^\/ticks\/(\d+)$/.exec(path)?.[1]));
    const file = page.get(path === '/' ? '/index.html' : path);
    if (intruder !== undefined) return answer(response, 403, intruder);
    if (method === 'POST' && path === '/orders') {
      if (headers['content-type'] !== 'application/json') return answer(response, 400, 'expected application/json');
      const order = v.parse(orderSchema, await readBody(request, longestOrderBytes));
      return answer(response, 200, { note: await carryOut(order) });
    }
    if (method !== 'GET') return answer(response, 405, 'expected GET');
    if (path === '/events') {
      // What is sent now must not come again as news.
      pulse();
      return stream.open(response, { setup, state: state(), history: watch.history.whole() });
    }
    if (lines !== undefined) return answer(response, 200, { lines });
    if (file === undefined) return answer(response, 404, 'no such address');
    response.writeHead(200, { ...securityHeaders, 'content-type': file.contentType }).end(file.contents);
  }

  return {
    url,
    ticker,
    breakage,
    /** Ends the schedule and the server; the stage stays as it is. */
    async close() {
      clearInterval(heart);
      await Promise.race([ticker.stop(), wait(closeMilliseconds, undefined, { ref: false })]);
      stream.close();
      await close();
    },
  };
}

/** Answers with JSON; a text is the reason of a refusal. */
function answer(response: ServerResponse, status: number, content: unknown): void {
  const body = typeof content === 'string' ? { error: content } : content;
  response.writeHead(status, { ...securityHeaders, 'content-type': 'application/json' });
  response.end(maskSecrets(JSON.stringify(body)));
}

/** Asks the bundle for a test alert, as `zoho-tokens test-alert` does, and says what became of it. */
async function sendTestAlert(stage: Stage): Promise<string> {
  const { answer: answered, error } = await stage.invoke({ test_alert: true });
  if (error !== undefined) return 'SNS did not take the test alert on, and the run has failed';
  const { test_alert: outcome } = answered as { test_alert: 'sent' | 'waiting' };
  return outcome === 'sent'
    ? 'the test alert is in the inbox'
    : 'a test alert went out less than ten minutes ago, and no second one does';
}
