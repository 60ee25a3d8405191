import type { HistoryView, MarkView, MessageView, SetupView, SpanView, StateView, TickView } from '../view.ts';

/** Everything that the page knows, and when it learned it. */
export type Model = {
  setup: SetupView;
  state: StateView;
  /** The machine's time when {@link Model.state} arrived. */
  stateAt: number;
  isConnected: boolean;
  /** By connection, oldest first. */
  spans: Map<string, SpanView[]>;
  marks: MarkView[];
  ticks: TickView[];
  messages: MessageView[];
  /** What a screen reader says. */
  spoken: string;
};

const mostMessages = 300;

/** A page that knows nothing yet. */
export function emptyModel(): Model {
  return {
    setup: { bootId: '', faultGroups: [], starters: [], speeds: [], tickIntervalMilliseconds: 1 },
    state: { now: 0, speed: 0, nextTickAt: undefined, isTicking: false, cards: [], alarms: [], broken: [] },
    stateAt: 0,
    isConnected: true,
    spans: new Map(),
    marks: [],
    ticks: [],
    messages: [],
    spoken: '',
  };
}

/** What the stage's clock shows now, reckoned from the last news. */
export function nowOf({ state, stateAt }: Model, machineNow: number): number {
  return state.now + (machineNow - stateAt) * state.speed;
}

/** Takes in history: all of it after each connect, only the news after that. Forgets what the stage has forgotten. */
export function takeIn(model: Model, { isWhole, oldest, spans, marks, ticks, messages }: HistoryView): void {
  if (isWhole) Object.assign(model, { spans: new Map(), marks: [], ticks: [], messages: [] });
  for (const span of spans) {
    // A span that comes again has ended early.
    const kept = (model.spans.get(span.connection) ?? []).filter(({ from }) => from !== span.from);
    model.spans.set(span.connection, [...kept, span]);
  }
  model.marks = [...model.marks, ...marks].filter(({ at }) => at >= oldest);
  model.ticks = [...model.ticks, ...ticks].filter(({ slot }) => slot >= oldest);
  model.messages = [...model.messages, ...messages].filter(({ at }) => at >= oldest).slice(-mostMessages);
  if (!isWhole && messages.length > 0) model.spoken = `New mail: ${messages.at(-1)?.subject}`;
  for (const [connection, all] of model.spans) {
    const kept = all.filter(({ expiresAt }, index) => expiresAt >= oldest || index === all.length - 1);
    model.spans.set(connection, kept);
  }
}
