import type { HistoryView, MarkView, MessageView, SpanView, TickView } from './view.ts';

/** A day: enough for the night before. */
export const historyMilliseconds = 24 * 60 * 60_000;
/** Log lines are the bulk of the history: of 50 connections they would be 20 MB a day. */
const mostLineBytes = 8 * 1024 * 1024;
const mostMessages = 300;
/** A day of a tick a minute: if ticks come faster, the history is shorter. */
const mostTicks = 1_440;

/** A history in which nothing has happened yet. */
export const noHistory: HistoryView = { isWhole: false, oldest: 0, spans: [], marks: [], ticks: [], messages: [] };

/** What is known after some news, on the server and on the page alike; what is older than `oldest` is forgotten. */
export function takeIn(known: HistoryView, news: HistoryView): HistoryView {
  if (news.isWhole) return news;
  const { isWhole } = known;
  const { oldest } = news;
  // A span that comes again has ended early.
  const isAgain = ({ connection, from }: SpanView) =>
    news.spans.some((span) => span.connection === connection && span.from === from);
  const spans = [...known.spans.filter((span) => !isAgain(span)), ...news.spans];
  const latest = new Map(spans.map((span) => [span.connection, span]));
  return {
    isWhole,
    oldest,
    // The token that apps read when the day began is needed to draw it.
    spans: spans.filter((span) => span.expiresAt >= oldest || latest.get(span.connection) === span),
    marks: [...known.marks, ...news.marks].filter(({ at }) => at >= oldest),
    ticks: [...known.ticks, ...news.ticks].filter(({ slot }) => slot >= oldest),
    messages: [...known.messages, ...news.messages].filter(({ at }) => at >= oldest).slice(-mostMessages),
  };
}

/** Makes an empty history of the last day, or of its last ticks; older things are forgotten as new ones come. */
export function createHistory() {
  let all = noHistory;
  let news = noHistory;
  const linesByTick = new Map<number, { lines: readonly string[]; bytes: number }>();
  let lastId = 0;
  let oldest = 0;

  function add(added: Partial<HistoryView>): void {
    const fresh = { ...noHistory, oldest, ...added };
    all = takeIn(all, fresh);
    news = takeIn(news, fresh);
  }
  const latestSpan = (connection: string) => all.spans.findLast((span) => span.connection === connection);

  return {
    addTick(tick: Omit<TickView, 'id'>, lines: readonly string[]): void {
      lastId += 1;
      oldest = Math.max(tick.slot - historyMilliseconds, all.ticks.at(1 - mostTicks)?.slot ?? 0);
      add({ ticks: [{ ...tick, id: lastId }] });
      linesByTick.set(lastId, { lines, bytes: lines.reduce((sum, line) => sum + line.length, 0) });
      let total = 0;
      for (const [id, { bytes }] of [...linesByTick].toReversed()) {
        total += bytes;
        if (total > mostLineBytes || id < (all.ticks[0]?.id ?? 0)) linesByTick.delete(id);
      }
    },
    addMarks: (marks: readonly MarkView[]): void => add({ marks }),
    addMessage(message: Omit<MessageView, 'id'>): void {
      lastId += 1;
      add({ messages: [{ ...message, id: lastId }] });
    },
    /** A token that apps read from now on. */
    addSpan: (span: SpanView): void => add({ spans: [span] }),
    latestSpan,
    /** The latest token of a connection was ended by Zoho before its time. */
    endLatestSpan(connection: string, deadAt: number): void {
      const span = latestSpan(connection);
      if (span !== undefined && span.deadAt === undefined) add({ spans: [{ ...span, deadAt }] });
    },
    /** Log lines of a tick; `undefined` if they are forgotten, or never were. */
    linesOf: (tickId: number): readonly string[] | undefined => linesByTick.get(tickId)?.lines,
    whole: (): HistoryView => ({ ...all, isWhole: true }),
    /** What came since the last call. */
    takeNews(): HistoryView | undefined {
      const taken = news;
      news = { ...noHistory, oldest };
      return [taken.spans, taken.marks, taken.ticks, taken.messages].some(({ length }) => length > 0)
        ? taken
        : undefined;
    },
  };
}
