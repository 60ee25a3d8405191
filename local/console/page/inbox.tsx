import { useState } from 'preact/hooks';
import type { MessageView } from '../view.ts';
import { count, dateOf, levelOf, shortTime } from './words.ts';

/** Kinds of subscriber, by what they get. */
const forms = { email: 'E-mail', sms: 'SMS', json: 'JSON' } as const;
type Form = keyof typeof forms;
const mostListed = 100;

/** The alert inbox: a list, and the chosen message as each kind of subscriber gets it. */
export function Inbox(properties: {
  messages: readonly MessageView[];
  send: (order: Record<string, unknown>) => void;
}) {
  const { messages, send } = properties;
  /** `undefined` reads the newest. */
  const [chosen, setChosen] = useState<number>();
  const newest = messages.at(-1);
  const message = messages.find(({ id }) => id === chosen) ?? newest;
  return (
    <section id="inbox" style={{ gridArea: 'inbox' }} aria-labelledby="inbox-title">
      <div class="heading">
        <h2 id="inbox-title">{newest ? `Alert inbox (${messages.length})` : 'Alert inbox'}</h2>
        <button type="button" id="test-alert" onClick={() => send({ do: 'test alert' })}>
          Send a test alert
        </button>
      </div>
      <p class="note" hidden={newest !== undefined}>
        No mail. That is how most nights look.
      </p>
      <ol id="messages" hidden={newest === undefined}>
        {messages
          .slice(-mostListed)
          .toReversed()
          .map(({ id, level, subject, at, source }) => (
            <li key={id}>
              <button
                type="button"
                {...levelOf(level)}
                data-message={id}
                aria-current={id === message?.id ? 'true' : undefined}
                onClick={() => setChosen(id === newest?.id ? undefined : id)}
              >
                <span class="subject">{subject}</span>
                <span class="when">{`${shortTime(at)}${source === 'CloudWatch' ? ' · CloudWatch' : ''}`}</span>
              </button>
            </li>
          ))}
      </ol>
      <article id="reader" aria-label="Chosen message" hidden={message === undefined}>
        {message && <Reader message={message} />}
      </article>
    </section>
  );
}

function Reader({ message }: { message: MessageView }) {
  const [form, setForm] = useState<Form>('email');
  const names = Object.keys(forms) as Form[];
  const step = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = names.at((names.indexOf(form) + by) % names.length) ?? 'email';
    setForm(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <>
      <div role="tablist" aria-label="Form of the message">
        {names.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-controls="panel"
            aria-selected={name === form}
            tabIndex={name === form ? 0 : -1}
            onClick={() => setForm(name)}
            onKeyDown={step}
          >
            {forms[name]}
          </button>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a tab leads into its panel */}
      <div role="tabpanel" id="panel" aria-labelledby={`tab-${form}`} tabIndex={0}>
        {form === 'email' && <Mail message={message} />}
        {form === 'sms' && <Sms text={message.sms} />}
        {form === 'json' && <Json message={message} />}
      </div>
    </>
  );
}

function Mail({ message: { subject, at, email } }: { message: MessageView }) {
  return (
    <>
      <dl class="mail">
        <dt>From</dt>
        <dd>AWS Notifications {'<no-reply@sns.amazonaws.com>'}</dd>
        <dt>Subject</dt>
        <dd class="subject">{subject}</dd>
        <dt>Date</dt>
        <dd>{`${dateOf(at)} ${shortTime(at)} UTC`}</dd>
      </dl>
      <pre class="mail">{email}</pre>
      <p class="note">SNS adds a line to unsubscribe.</p>
    </>
  );
}

/** Characters of one SMS part in the GSM alphabet: 160 alone, 153 as part of a longer one. */
function Sms({ text }: { text: string }) {
  const parts = text.length <= 160 ? 1 : Math.ceil(text.length / 153);
  return (
    <>
      <p class="bubble">{text}</p>
      <p class="note">{`${count(text.length, 'character')}, ${count(parts, 'part')}`}</p>
    </>
  );
}

function Json({ message: { json, envelope } }: { message: MessageView }) {
  return (
    <>
      <p class="note">Message to SQS, HTTPS and Lambda</p>
      <pre>{json}</pre>
      {envelope !== undefined && (
        <details>
          <summary>In the envelope of SNS, without its signature</summary>
          <pre>{envelope}</pre>
        </details>
      )}
    </>
  );
}
