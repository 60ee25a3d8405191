import { useState } from 'preact/hooks';
import type { SetupView } from '../setup.ts';
import type { BrokenView } from '../view.ts';
import type { Send } from './listen.ts';

type FaultView = SetupView['faultGroups'][number]['faults'][number];

/** The panel that breaks and heals: three faults to begin with, and all others behind them. */
export function Faults({ setup, broken, send }: { setup: SetupView; broken: readonly BrokenView[]; send: Send }) {
  const { names, faultGroups: groups, starters } = setup;
  const [scope, setScope] = useState('');
  const [wanted, setWanted] = useState('');
  const all = groups.flatMap(({ faults }) => faults);
  const titles = new Map(all.map(({ id, title }) => [id, title]));
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);

  const isShown = ({ title, expect, id, connections }: FaultView) => {
    const text = `${title} ${expect} ${id}`.toLowerCase();
    const isAble = connections.length === 0 || scope === '' || connections.includes(scope);
    return isAble && words.every((word) => text.includes(word));
  };
  const isOn = ({ id, connections }: FaultView) => {
    const found = broken.find((each) => each.id === id);
    // Of all of them, it can still befall those that are well.
    const looked = scope === '' ? connections : [scope];
    return !!found && (connections.length === 0 || looked.every((name) => found.connections.includes(name)));
  };
  const press = (fault: FaultView) => {
    const connection = fault.connections.length > 0 && scope !== '' ? { connection: scope } : {};
    send({ do: isOn(fault) ? 'heal' : 'break', fault: fault.id, ...connection });
  };

  return (
    <section id="break" class="sheet" aria-labelledby="break-title">
      <h2 id="break-title">Break something</h2>
      <p id="starters" class="buttons">
        {starters.map(({ label, speed, ...fault }) => (
          <button key={label} type="button" onClick={() => send({ do: 'speed', speed }, { do: 'break', ...fault })}>
            {label}
          </button>
        ))}
      </p>
      <ul id="broken" class="band" style={{ '--level': 'var(--warning)' }} hidden={broken.length === 0}>
        {broken.map(({ id, connections }) => (
          <li key={id} class="spread" data-broken={id}>
            <span>{`${titles.get(id)}${whereOf(connections)}`}</span>
            <button
              type="button"
              aria-label={`Heal: ${titles.get(id)}`}
              onClick={() => send({ do: 'heal', fault: id })}
            >
              Heal
            </button>
          </li>
        ))}
        <li>
          <button type="button" id="heal-all" onClick={() => send({ do: 'heal all' })}>
            Heal everything
          </button>
        </li>
      </ul>
      <details id="all-faults">
        <summary>{`All ${all.length} faults`}</summary>
        <p class="buttons">
          <label>
            For{' '}
            <select id="scope" value={scope} onChange={({ currentTarget }) => setScope(currentTarget.value)}>
              <option value="">all connections</option>
              {names.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <label>
            Find{' '}
            <input
              type="search"
              id="find-fault"
              placeholder="throttle, KMS, prefix"
              onInput={({ currentTarget }) => setWanted(currentTarget.value)}
            />
          </label>
        </p>
        <div id="faults">
          {groups.map(({ title, isAlike, faults }) => {
            const shown = faults.filter(isShown);
            return (
              <section key={title} hidden={shown.length === 0} aria-label={title}>
                <h3>{title}</h3>
                <ul>
                  {(isAlike ? [shown] : shown.map((fault) => [fault])).map((alike) => (
                    <Fault key={isAlike ? title : alike[0]?.id} alike={alike} isOn={isOn} press={press} />
                  ))}
                </ul>
              </section>
            );
          })}
        </div>
      </details>
    </section>
  );
}

/** One fault, or several that show the same: then which of them it is, is chosen. */
function Fault(properties: {
  alike: readonly FaultView[];
  isOn: (fault: FaultView) => boolean;
  press: (fault: FaultView) => void;
}) {
  const { alike, isOn, press } = properties;
  const [chosen, setChosen] = useState('');
  const fault = alike.find(({ id }) => id === chosen) ?? alike.find(isOn) ?? alike[0];
  if (fault === undefined) return null;
  const { id, title, expect, isOnce } = fault;
  const label = isOn(fault) ? 'Heal' : isOnce ? 'Do it' : 'Break';
  return (
    <li class="spread" data-fault={id}>
      <div>
        {alike.length === 1 ? (
          <strong>{title}</strong>
        ) : (
          <select
            aria-label="Which of them"
            value={id}
            onChange={({ currentTarget }) => setChosen(currentTarget.value)}
          >
            {alike.map((each) => (
              <option key={each.id} value={each.id}>
                {each.title}
              </option>
            ))}
          </select>
        )}
        <p class="quiet">{expect}</p>
      </div>
      <button type="button" aria-pressed={isOn(fault)} aria-label={`${label}: ${title}`} onClick={() => press(fault)}>
        {label}
      </button>
    </li>
  );
}

function whereOf(connections: readonly string[]): string {
  if (connections.length === 0) return '';
  return ` (${connections.length > 3 ? `${connections.length} connections` : connections.join(', ')})`;
}
