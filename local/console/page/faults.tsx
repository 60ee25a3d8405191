import { useState } from 'preact/hooks';
import type { BrokenView, FaultGroupView, FaultView } from '../view.ts';

/** The panel that breaks and heals. */
export function Faults(properties: {
  groups: readonly FaultGroupView[];
  names: readonly string[];
  broken: readonly BrokenView[];
  send: (order: Record<string, unknown>) => void;
}) {
  const { groups, names, broken, send } = properties;
  const [chosen, setScope] = useState('');
  const [wanted, setWanted] = useState('');
  const [opened, setOpened] = useState<Readonly<Record<string, boolean>>>({});
  const scope = names.includes(chosen) ? chosen : '';
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
  const titles = new Map(groups.flatMap(({ faults }) => faults.map(({ id, title }) => [id, title])));

  return (
    <section id="break" style={{ gridArea: 'break' }} aria-labelledby="break-title">
      <h2 id="break-title">Break and heal</h2>
      <div class="fault-tools">
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
      </div>
      <div id="broken" hidden={broken.length === 0}>
        <h3>Broken now</h3>
        <ul>
          {broken.map(({ id, connections }) => (
            <li key={id} data-broken={id}>
              <span>{`${titles.get(id)}${whereOf(connections)}`}</span>
              <button
                type="button"
                class="small"
                aria-label={`Heal: ${titles.get(id)}`}
                onClick={() => send({ do: 'heal', fault: id })}
              >
                Heal
              </button>
            </li>
          ))}
        </ul>
        <button type="button" id="heal-all" onClick={() => send({ do: 'heal all' })}>
          Heal everything
        </button>
      </div>
      <div id="faults">
        {groups.map(({ title, faults }, index) => {
          const isOpen = opened[title] ?? index === 0;
          const shown = faults.filter(isShown);
          return (
            <details
              key={title}
              class="group"
              hidden={shown.length === 0}
              open={words.length > 0 ? shown.length > 0 : isOpen}
              // Who searches sees all that is found; afterwards the groups are as they were.
              onToggle={({ currentTarget: { open } }) =>
                words.length === 0 && setOpened((before) => ({ ...before, [title]: open }))
              }
            >
              <summary>
                {title}
                <span class="number">{faults.length}</span>
              </summary>
              <ul>
                {faults.map((fault) => (
                  <Fault
                    key={fault.id}
                    fault={fault}
                    isShown={shown.includes(fault)}
                    isOn={isOn(fault)}
                    press={() => press(fault)}
                  />
                ))}
              </ul>
            </details>
          );
        })}
      </div>
    </section>
  );
}

function Fault(properties: { fault: FaultView; isShown: boolean; isOn: boolean; press: () => void }) {
  const { fault, isShown, isOn, press } = properties;
  const label = isOn ? 'Heal' : fault.isOnce ? 'Do it' : 'Break';
  return (
    <li class="fault" data-fault={fault.id} hidden={!isShown} data-on={isOn ? '' : undefined}>
      <div>
        <h3>{fault.title}</h3>
        <p id={`expect-${fault.id}`}>{fault.expect}</p>
      </div>
      <button
        type="button"
        class="small"
        aria-describedby={`expect-${fault.id}`}
        aria-label={`${label}: ${fault.title}`}
        onClick={press}
      >
        {label}
      </button>
    </li>
  );
}

function whereOf(connections: readonly string[]): string {
  if (connections.length === 0) return '';
  return ` (${connections.length > 3 ? `${connections.length} connections` : connections.join(', ')})`;
}
