import { useEffect, useState } from 'preact/hooks';
import type { Level, TickView } from '../view.ts';
import { count, levelOf, shortTime } from './words.ts';

const mostListed = 288;

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
      document.querySelector('#ticks [aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <section id="log" style={{ gridArea: 'log' }} aria-labelledby="log-title">
      <div class="heading">
        <h2 id="log-title">Log lines of a tick</h2>
        <label>
          <input
            type="checkbox"
            id="follow"
            checked={chosen === undefined}
            onChange={({ currentTarget }) => choose(currentTarget.checked ? undefined : tick?.id)}
          />{' '}
          Follow the newest
        </label>
      </div>
      <div class="log">
        <ol id="ticks" aria-label="Ticks, newest first">
          {ticks
            .slice(-mostListed)
            .toReversed()
            .map((each) => (
              <li key={each.id}>
                <button
                  type="button"
                  {...levelOf(urgencyOf(each))}
                  aria-current={each.id === tick?.id ? 'true' : undefined}
                  onClick={() => choose(each.id)}
                >
                  <span class="when">{shortTime(each.slot)}</span> {summaryOf(each)}
                </button>
              </li>
            ))}
        </ol>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and only what has the focus can be scrolled by keys */}
        <section id="lines" aria-label="Log lines" tabIndex={0}>
          {tick !== undefined && read?.id === tick.id && <Lines tick={tick} lines={read.lines} />}
        </section>
      </div>
    </section>
  );
}

function Lines({ tick, lines }: { tick: TickView; lines: readonly string[] | undefined }) {
  const { slot, zohoRequests, secretsManagerCalls, durationMilliseconds, error } = tick;
  const calls = `${count(zohoRequests, 'request')} to Zoho, ${count(secretsManagerCalls, 'call')} to Secrets Manager`;
  return (
    <>
      <p class="note">{`Tick of ${shortTime(slot)}: ${calls}, ${durationMilliseconds} ms`}</p>
      {error !== undefined && <p class="failure">The run failed: {error}</p>}
      {lines === undefined && <p class="note">Its lines are forgotten by now.</p>}
      {lines?.map((line, index) => (
        <code key={index} class="entry" style={styleOf(line)}>
          {line}
        </code>
      ))}
    </>
  );
}

/** A line as it went out, its level at the edge; metrics are quieter than events. */
function styleOf(line: string): Record<string, string> {
  if (line.includes('"_aws"')) return { color: 'var(--quiet)' };
  const [, level] = /"level":"(WARN|ERROR)"/.exec(line) ?? [];
  return { '--level': `var(--${level === 'ERROR' ? 'critical' : level === 'WARN' ? 'warning' : 'line'})` };
}

function summaryOf({ outcomes, codes, alerts, error }: TickView): string {
  return [
    ...Object.entries(outcomes).map(([outcome, number]) => `${number} ${outcome}`),
    ...codes,
    ...(alerts > 0 ? [count(alerts, 'alert')] : []),
    ...(error === undefined ? [] : ['run failed']),
  ].join(', ');
}

function urgencyOf({ outcomes, alerts, error }: TickView): Level {
  if (outcomes.failed !== undefined || error !== undefined) return 'critical';
  return alerts > 0 ? 'warning' : 'good';
}
