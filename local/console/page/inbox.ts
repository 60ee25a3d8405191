import type { MessageView } from '../view.ts';
import { byId, h, setText } from './dom.ts';
import { type Form, showForm } from './message-panel.ts';
import type { Model } from './model.ts';
import { shortTime } from './words.ts';

/** The alert inbox: a list, and the chosen message as each kind of subscriber gets it. */
export type Inbox = { show(model: Model): void };

const forms: readonly { form: Form; label: string }[] = [
  { form: 'email', label: 'E-mail' },
  { form: 'sms', label: 'SMS' },
  { form: 'json', label: 'JSON' },
];
const mostListed = 100;

/** Makes the inbox; `announce` speaks to screen readers. */
export function createInbox(announce: (text: string) => void): Inbox {
  let chosen: number | undefined;
  let form: Form = 'email';
  let shown = '';
  let lastId = 0;
  let messages: readonly MessageView[] = [];

  function draw(): void {
    const message = messages.find(({ id }) => id === chosen) ?? messages.at(-1);
    const key = `${messages.at(-1)?.id} ${message?.id} ${form}`;
    if (key === shown) return;
    shown = key;
    byId('inbox-empty').hidden = messages.length > 0;
    byId('messages').hidden = messages.length === 0;
    byId('reader').hidden = message === undefined;
    setText(byId('inbox-title'), messages.length === 0 ? 'Alert inbox' : `Alert inbox (${messages.length})`);
    byId('messages').replaceChildren(
      ...messages
        .slice(-mostListed)
        .toReversed()
        .map((each) => listed(each, each.id === message?.id)),
    );
    if (message !== undefined) read(message);
  }

  function listed(message: MessageView, isChosen: boolean): HTMLElement {
    const choose = () => {
      chosen = message.id === messages.at(-1)?.id ? undefined : message.id;
      draw();
      byId('messages').querySelector<HTMLElement>('[aria-current]')?.focus();
    };
    return h(
      'li',
      {},
      h(
        'button',
        {
          type: 'button',
          'data-level': message.level,
          'data-message': String(message.id),
          'aria-current': isChosen ? 'true' : undefined,
          click: choose,
        },
        h('span', { class: 'subject' }, message.subject),
        h(
          'span',
          { class: 'when' },
          `${shortTime(message.at)}${message.source === 'CloudWatch' ? ' · CloudWatch' : ''}`,
        ),
      ),
    );
  }

  function read(message: MessageView): void {
    const tabs = forms.map(({ form: each, label }) =>
      h(
        'button',
        {
          type: 'button',
          role: 'tab',
          id: `tab-${each}`,
          'aria-controls': 'panel',
          'aria-selected': String(each === form),
          tabindex: each === form ? '0' : '-1',
          click: () => choose(each),
          keydown: (event) => step(event as KeyboardEvent),
        },
        label,
      ),
    );
    byId('reader').replaceChildren(
      h('div', { role: 'tablist', 'aria-label': 'Form of the message' }, ...tabs),
      h(
        'div',
        { role: 'tabpanel', id: 'panel', 'aria-labelledby': `tab-${form}`, tabindex: '0' },
        ...showForm(message, form),
      ),
    );
  }

  function choose(wanted: Form): void {
    form = wanted;
    draw();
    byId(`tab-${wanted}`).focus();
  }

  function step(event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const place = forms.findIndex((each) => each.form === form);
    choose(forms.at((place + by) % forms.length)?.form ?? 'email');
  }

  return {
    show(model) {
      ({ messages } = model);
      const fresh = messages.filter(({ id }) => id > lastId);
      if (lastId > 0 && fresh.length > 0) announce(`New mail: ${fresh.at(-1)?.subject}`);
      lastId = messages.at(-1)?.id ?? lastId;
      draw();
    },
  };
}
