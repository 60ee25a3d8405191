import { useState } from 'preact/hooks';
import type { BrokenView, FaultView, SetupView } from '../view.ts';

/** The panel that breaks and heals: three faults to begin with, and all others behind them. */
export function Faults(properties: {
  setup: SetupView;
  names: readonly string[];
  broken: readonly BrokenView[];
  send: (...orders: Record<string, unknown>[]) => void;
}) {
  const { setup, names, broken, send } = properties;
  const { faultGroups: groups, starters } = setup;
  const [chosen, setScope] = useState('');
  const [wanted, setWanted] = useState('');
  const scope = names.includes(chosen) ? chosen : '';
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
                {isAlike && shown.length > 1 ? (
                  <Alike faults={shown} isOn={isOn} press={press} />
                ) : (
                  <ul>
                    {shown.map((fault) => (
                      <Fault key={fault.id} fault={fault} isOn={isOn(fault)} press={press} />
                    ))}
                  </ul>
                )}
              </section>
            );
          })}
        </div>
      </details>
    </section>
  );
}

/** Faults that show the same, as one entry: which of them it is, is chosen. */
function Alike(properties: {
  faults: readonly FaultView[];
  isOn: (fault: FaultView) => boolean;
  press: (fault: FaultView) => void;
}) {
  const { faults, isOn, press } = properties;
  const [chosen, setChosen] = useState('');
  const fault = faults.find(({ id }) => id === chosen) ?? faults.find(isOn) ?? faults[0];
  if (fault === undefined) return null;
  return (
    <ul>
      <Fault fault={fault} isOn={isOn(fault)} press={press}>
        <select
          aria-label="Which of them"
          value={fault.id}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
        >
          {faults.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      </Fault>
    </ul>
  );
}

function Fault(properties: {
  fault: FaultView;
  isOn: boolean;
  press: (fault: FaultView) => void;
  children?: preact.ComponentChildren;
}) {
  const { fault, isOn, press, children } = properties;
  const { id, title, expect, isOnce } = fault;
  const label = isOn ? 'Heal' : isOnce ? 'Do it' : 'Break';
  return (
    <li class="spread" data-fault={id}>
      <div>
        {children ?? <strong>{title}</strong>}
        <p class="quiet">{expect}</p>
      </div>
      <button type="button" aria-pressed={isOn} aria-label={`${label}: ${title}`} onClick={() => press(fault)}>
        {label}
      </button>
    </li>
  );
}

function whereOf(connections: readonly string[]): string {
  if (connections.length === 0) return '';
  return ` (${connections.length > 3 ? `${connections.length} connections` : connections.join(', ')})`;
}
