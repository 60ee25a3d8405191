import type {
  HistoryView,
  MarkView,
  MessageView,
  SetupView,
  SpanView,
  StateView,
  TickView,
} from '../view.ts';

/** Everything that the page knows, and when it was told. */
export type Model = {
  setup: SetupView;
  state: StateView;
  /** The machine's time when {@link Model.state} arrived. */
  stateAt: number;
  /** By connection, oldest first. */
  spans: Map<string, SpanView[]>;
  marks: MarkView[];
  ticks: TickView[];
  messages: MessageView[];
};

/** A page that knows nothing yet. */
export function emptyModel(): Model {
  return {
    setup: {
      bootId: '',
      faultGroups: [],
      speeds: [1],
      isRealZoho: false,
    },
    state: {
      now: 0,
      speed: 0,
      nextTickAt: undefined,
      isTicking: false,
      cards: [],
      alarms: [],
      broken: [],
    },
    stateAt: 0,
    spans: new Map(),
    marks: [],
    ticks: [],
    messages: [],
  };
}

/** What the stage's clock shows now, reckoned from when it was last told. */
export function nowOf({ state, stateAt }: Model, machineNow: number): number {
  return state.now + (machineNow - stateAt) * state.speed;
}

/** Takes in history: all of it after each connect, only the news after that. Forgets what the stage has forgotten. */
export function takeIn(model: Model, history: HistoryView): void {
  if (history.isWhole) {
    model.spans.clear();
    model.marks = [];
    model.ticks = [];
    model.messages = [];
  }
  for (const span of history.spans) takeSpan(model.spans, span);
  const { oldest } = history;
  model.marks = [...model.marks, ...history.marks].filter(({ at }) => at >= oldest);
  model.ticks = [...model.ticks, ...history.ticks].filter(({ slot }) => slot >= oldest);
  model.messages = [...model.messages, ...history.messages].filter(({ at }) => at >= oldest).slice(-300);
  for (const [connection, spans] of model.spans) {
    model.spans.set(
      connection,
      spans.filter(({ expiresAt }, index) => expiresAt >= oldest || index === spans.length - 1),
    );
  }
}

/** A span that is told again has ended early. */
function takeSpan(spans: Map<string, SpanView[]>, span: SpanView): void {
  const known = spans.get(span.connection) ?? [];
  const kept = known.filter(({ from }) => from !== span.from);
  spans.set(span.connection, [...kept, span]);
}
