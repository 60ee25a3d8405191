import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { defaultTickIntervalMilliseconds } from '../../lambda/settings.ts';
import type { TickReport } from '../report.ts';
import type { Stage } from '../stage.ts';
import { answer, readBody, sendFile } from './answer.ts';
import { buildPage } from './build-page.ts';
import { createEventStream } from './event-stream.ts';
import { type Breakage, BreakageError, createBreakage } from './faults/breakage.ts';
import { findIntruder, securityHeaders } from './guard.ts';
import { maskSecrets } from './mask.ts';
import { type Order, OrderError, readOrder } from './orders.ts';
import { showSetup } from './setup.ts';
import { startTicker, type Ticker } from './ticker.ts';
import type { StateView } from './view.ts';
import { createWatch } from './watch.ts';

/** The console page, being served. */
export type Console = {
  readonly url: string;
  readonly ticker: Ticker;
  readonly breakage: Breakage;
  /** Ends the schedule and the server; the stage stays as it is. */
  close(): Promise<void>;
};

export const defaultConsolePort = 4700;
/** How often the page is told what changed between the ticks. */
const pulseMilliseconds = 500;
/** A tick that hangs in a hanging stand-in is not waited for longer than this. */
const closeMilliseconds = 1_000;

/**
 * Serves the console page on 127.0.0.1 and ticks the stage.
 *
 * @param options - `port`: 0 for any free one. `onTick`: gets each tick's report. Rejects with node's own error where
 *   the port is taken; nothing is ticked then.
 */
export async function startConsole(
  stage: Stage,
  options: {
    port?: number;
    tickIntervalMilliseconds?: number;
    onTick?: (report: TickReport) => void;
  } = {},
): Promise<Console> {
  const { port = defaultConsolePort, onTick = () => {} } = options;
  const { tickIntervalMilliseconds = defaultTickIntervalMilliseconds } = options;
  const page = await buildPage();
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const boundPort = (server.address() as AddressInfo).port;

  const breakage = createBreakage(stage);
  const watch = createWatch(stage, breakage);
  const stream = createEventStream(maskSecrets);
  const setup = showSetup(stage);
  const ticker = startTicker({
    clock: stage.clock,
    intervalMilliseconds: tickIntervalMilliseconds,
    delivery: breakage.delivery,
    fastest: Math.max(...setup.speeds),
    drop: watch.drop,
    tick: async (slot) => {
      const report = await watch.tick(slot);
      pulse();
      onTick(report);
    },
  });
  const heart = setInterval(pulse, pulseMilliseconds);
  let shown = '';

  function state(): StateView {
    const schedule = { nextTickAt: ticker.nextTickAt(), isTicking: ticker.isTicking() };
    return { now: stage.now(), speed: ticker.speed(), ...schedule, ...watch.look(), broken: breakage.list() };
  }

  function pulse(): void {
    const current = state();
    const news = watch.history.takeNews();
    if (news !== undefined) stream.broadcast('history', news);
    // Time alone is no news: the page's own clock goes on by itself.
    const comparable = JSON.stringify({ ...current, now: 0 });
    if (comparable !== shown) stream.broadcast('state', current);
    shown = comparable;
  }

  /** Returns what whoever gave the order should know. */
  async function carryOut(order: Order): Promise<string | undefined> {
    const note = order.do === 'test alert' ? await sendTestAlert(stage) : undefined;
    if (order.do === 'speed') ticker.setSpeed(order.speed);
    else if (order.do === 'break') breakage.break(order.fault, order.connection);
    else if (order.do === 'heal') breakage.heal(order.fault, order.connection);
    else if (order.do === 'heal all') breakage.healAll();
    // Whoever hears of a new speed must hear of the time at which it began.
    shown = '';
    pulse();
    return note;
  }

  function openStream(response: ServerResponse): void {
    // What is told now must not come again as news.
    pulse();
    if (!stream.open(response, securityHeaders)) {
      answer(response, 503, 'too many pages are open');
      return;
    }
    stream.send(response, 'setup', setup);
    stream.send(response, 'state', state());
    stream.send(response, 'history', watch.history.whole());
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    const intruder = findIntruder(request, boundPort);
    const lines = watch.history.linesOf(Number(/^\/ticks\/(\d+)$/.exec(url)?.[1]));
    const file = page.get(url);
    if (intruder !== undefined) answer(response, 403, intruder);
    else if (method === 'POST' && url === '/orders') {
      if (headers['content-type'] !== 'application/json') throw new OrderError('expected application/json');
      answer(response, 200, { note: await carryOut(readOrder(await readBody(request))) });
    } else if (method !== 'GET') answer(response, 405, 'expected GET');
    else if (url === '/events') openStream(response);
    else if (lines !== undefined) answer(response, 200, { lines });
    else if (file !== undefined) sendFile(response, file);
    else answer(response, 404, 'no such address');
  }

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    serve(request, response).catch((fault: unknown) => {
      const isOwnFault = !(
        fault instanceof OrderError ||
        fault instanceof BreakageError ||
        fault instanceof RangeError
      );
      answer(response, isOwnFault ? 500 : 400, isOwnFault ? 'the console itself has failed' : fault.message);
    });
  });

  return {
    url: `http://127.0.0.1:${boundPort}`,
    ticker,
    breakage,
    async close() {
      clearInterval(heart);
      await Promise.race([ticker.stop(), wait(closeMilliseconds, undefined, { ref: false })]);
      stream.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
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
