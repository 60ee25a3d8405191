import type { FaultView, SetupView } from '../view.ts';
import { byId, h } from './dom.ts';
import type { Model } from './model.ts';

/** The panel that breaks and heals. */
export type Faults = { show(model: Model): void };
export type SendOrder = (order: Record<string, unknown>) => void;

/** Makes the panel. */
export function createFaults(send: SendOrder): Faults {
  const scope = byId<HTMLSelectElement>('scope');
  const find = byId<HTMLInputElement>('find-fault');
  const rows = new Map<string, Row>();
  let setup: SetupView | undefined;
  let broken: Model['state']['broken'] = [];
  let shownBroken = '';
  scope.addEventListener('change', () => update());
  find.addEventListener('input', () => update());

  function build(wanted: SetupView, names: readonly string[]): void {
    setup = wanted;
    rows.clear();
    const chosen = scope.value;
    scope.replaceChildren(
      h('option', { value: '' }, 'all connections'),
      ...names.map((name) => h('option', {}, name)),
    );
    scope.value = names.includes(chosen) ? chosen : '';
    byId('faults').replaceChildren(
      ...wanted.faultGroups.map(({ title, faults }, index) =>
        h(
          'details',
          { open: index === 0, class: 'group' },
          h('summary', {}, title, h('span', { class: 'number' }, String(faults.length))),
          h('ul', {}, ...faults.map((fault) => row(fault).element)),
        ),
      ),
    );
  }

  function row(fault: FaultView): Row {
    const press = () => {
      const connection =
        fault.connections.length > 0 && scope.value !== '' ? { connection: scope.value } : {};
      send({ do: isBroken(fault) ? 'heal' : 'break', fault: fault.id, ...connection });
    };
    const button = h('button', {
      type: 'button',
      class: 'small',
      click: press,
      'aria-describedby': `expect-${fault.id}`,
    });
    const element = h(
      'li',
      { class: 'fault', 'data-fault': fault.id },
      h('div', {}, h('h3', {}, fault.title), h('p', { id: `expect-${fault.id}` }, fault.expect)),
      button,
    );
    const made = { fault, element, button };
    rows.set(fault.id, made);
    return made;
  }

  function isBroken({ id, connections }: FaultView): boolean {
    const found = broken.find((each) => each.id === id);
    if (found === undefined) return false;
    // Of all of them, it can still befall those that are well.
    const looked = scope.value === '' ? connections : [scope.value];
    return connections.length === 0 || looked.every((name) => found.connections.includes(name));
  }

  function update(): void {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const { fault, element, button } of rows.values()) {
      const text = `${fault.title} ${fault.expect} ${fault.id}`.toLowerCase();
      const isAble =
        fault.connections.length === 0 || scope.value === '' || fault.connections.includes(scope.value);
      element.hidden = !isAble || !words.every((word) => text.includes(word));
      const isOn = isBroken(fault);
      const label = isOn ? 'Heal' : fault.isOnce ? 'Do it' : 'Break';
      if (button.textContent !== label) button.textContent = label;
      button.setAttribute('aria-label', `${label}: ${fault.title}`);
      element.toggleAttribute('data-on', isOn);
    }
    showGroups(words.length > 0);
    showBroken();
  }

  /** Who searches sees all that is found; afterwards the groups are as they were. */
  function showGroups(isSearching: boolean): void {
    for (const group of byId('faults').querySelectorAll<HTMLDetailsElement>('details.group')) {
      const visible = group.querySelectorAll('li:not([hidden])').length;
      group.hidden = visible === 0;
      if (isSearching) {
        group.dataset.before ??= String(group.open);
        group.open = visible > 0;
      } else if (group.dataset.before !== undefined) {
        group.open = group.dataset.before === 'true';
        delete group.dataset.before;
      }
    }
  }

  function showBroken(): void {
    const key = JSON.stringify(broken);
    if (key === shownBroken) return;
    shownBroken = key;
    const host = byId('broken');
    host.hidden = broken.length === 0;
    host.replaceChildren(
      h('h3', {}, 'Broken now'),
      h(
        'ul',
        {},
        ...broken.map(({ id, connections }) => {
          const title = rows.get(id)?.fault.title ?? id;
          const where = connections.length > 3 ? `${connections.length} connections` : connections.join(', ');
          const heal = () => send({ do: 'heal', fault: id });
          return h(
            'li',
            { 'data-broken': id },
            h('span', {}, title, where === '' ? '' : ` (${where})`),
            h(
              'button',
              { type: 'button', class: 'small', click: heal, 'aria-label': `Heal: ${title}` },
              'Heal',
            ),
          );
        }),
      ),
      h(
        'button',
        { type: 'button', id: 'heal-all', click: () => send({ do: 'heal all' }) },
        'Heal everything',
      ),
    );
  }

  return {
    show(model) {
      const names = model.state.cards.map(({ name }) => name);
      if (model.setup !== setup && names.length > 0) build(model.setup, names);
      ({ broken } = model.state);
      update();
    },
  };
}

type Row = { readonly fault: FaultView; readonly element: HTMLElement; readonly button: HTMLButtonElement };
