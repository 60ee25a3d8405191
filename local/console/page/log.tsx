import { useEffect, useState } from 'preact/hooks';
import { parseLine } from '../read-lines.ts';
import type { Level, TickView } from '../view.ts';
import { count, levelOf, shortTime } from './words.ts';

const mostListed = 288;
/** Of a tick in which everything fails, the first lines show enough. */
const mostOpened = 3;

/** The ticks, and the log lines of the chosen one; without a choice those of the newest. */
export function Log(properties: {
  ticks: readonly TickView[];
  chosen: number | undefined;
  choose: (id: number | undefined) => void;
}) {
  const { ticks, chosen, choose } = properties;
  const tick = ticks.find(({ id }) => id === chosen) ?? ticks.at(-1);
  const [read, setRead] = useState<{ id: number; lines?: readonly string[] }>();
  useEffect(() => {
    if (tick === undefined) return;
    const { id } = tick;
    fetch(`/ticks/${id}`)
      .then(async (response) => setRead({ id, ...(response.ok ? await response.json() : {}) }))
      .catch(() => undefined);
  }, [tick?.id]);
  useEffect(() => {
    if (chosen !== undefined)
      document.querySelector('#ticks [aria-current=true]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <section id="log" class="sheet" aria-labelledby="log-title">
      <div class="heading">
        <h2 id="log-title">Ticks and their log lines</h2>
        <label class="quiet">
          <input
            type="checkbox"
            id="follow"
            checked={chosen === undefined}
            onChange={({ currentTarget }) => choose(currentTarget.checked ? undefined : tick?.id)}
          />{' '}
          Follow the newest
        </label>
      </div>
      <ol id="ticks" class="scroll" aria-label="Ticks, newest first">
        {ticks
          .slice(-mostListed)
          .toReversed()
          .map((each) => (
            <li key={each.id}>
              <button
                type="button"
                class="row"
                {...levelOf(each.level)}
                aria-current={each.id === tick?.id}
                onClick={() => choose(each.id)}
              >
                <time>{shortTime(each.slot)}</time> {each.summary}
              </button>
            </li>
          ))}
      </ol>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and only what has the focus can be scrolled by keys */}
      <section id="lines" class="scroll" aria-label="Log lines" tabIndex={0}>
        {tick !== undefined && read?.id === tick.id && <Lines tick={tick} lines={read.lines} />}
      </section>
    </section>
  );
}

function Lines({ tick, lines }: { tick: TickView; lines: readonly string[] | undefined }) {
  const { slot, effort, error } = tick;
  const isMetric = (line: string) => line.includes('"_aws"');
  const metrics = lines?.filter(isMetric) ?? [];
  return (
    <>
      <p class="quiet">{`Tick of ${shortTime(slot)}: ${effort}`}</p>
      {error !== null && <p data-bad>The run failed: {error}</p>}
      {lines === undefined && <p class="quiet">Its lines are forgotten by now.</p>}
      {lines
        ?.filter((line) => !isMetric(line))
        .map((line, index) => (
          <Event key={line} line={line} mayOpen={index < mostOpened} />
        ))}
      {metrics.length > 0 && (
        <Fold summary={count(metrics.length, 'line of metrics', 'lines of metrics')} lines={metrics} />
      )}
    </>
  );
}

/** A line in a sentence, and all of its fields; any event but a calm one is opened. */
function Event({ line, mayOpen }: { line: string; mayOpen: boolean }) {
  const fields = parseLine(line);
  const level = fields.level === 'ERROR' ? 'critical' : fields.level === 'WARN' ? 'warning' : 'good';
  const words = [fields.event, fields.connection, fields.outcome, fields.code, fields.message, fields.unheard];
  const summary = words.filter(Boolean).join(' · ') || line;
  return <Fold summary={summary} lines={[line]} level={level} isOpenAtFirst={mayOpen && level !== 'good'} />;
}

/** Lines are rendered once they are looked at: a tick of 50 connections has a hundred. */
function Fold(properties: { summary: string; lines: readonly string[]; level?: Level; isOpenAtFirst?: boolean }) {
  const { summary, lines, level, isOpenAtFirst = false } = properties;
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  return (
    <details
      class={level && 'event'}
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
      {...(level && levelOf(level))}
    >
      <summary>{summary}</summary>
      {isOpen && lines.map((line) => <pre key={line}>{indented(line)}</pre>)}
    </details>
  );
}

function indented(line: string): string {
  const fields = parseLine(line);
  return Object.keys(fields).length === 0 ? line : JSON.stringify(fields, undefined, 2);
}
