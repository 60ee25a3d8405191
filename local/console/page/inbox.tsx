import { useState } from 'preact/hooks';
import type { MessageView } from '../view.ts';
import type { Send } from './listen.ts';
import { count, dateOf, levelOf, shortTime } from './words.ts';

/** Kinds of subscriber, by what they get. */
const forms = { email: 'E-mail', sms: 'SMS', json: 'JSON' } as const;
type Form = keyof typeof forms;
const mostThreads = 60;

/** Puts mails into threads, newest first: in each the refresher's own, and what CloudWatch says of the incident. */
function threadsOf(messages: readonly MessageView[]) {
  const threads = Map.groupBy(messages.toReversed(), ({ thread }) => thread);
  return [...threads].slice(0, mostThreads).map(([id, mails]) => {
    const { refresher: own = [], CloudWatch: alarms = [] } = Object.groupBy(mails, ({ source }) => source);
    return { id, own, alarms };
  });
}

/** The alert inbox: a list, and the chosen message as each kind of subscriber gets it. */
export function Inbox({ messages, send }: { messages: readonly MessageView[]; send: Send }) {
  /** `undefined` reads the newest of the latest incident, CloudWatch's only if there is no other. */
  const [chosen, setChosen] = useState<number>();
  const threads = threadsOf(messages);
  const newest = threads[0]?.own[0] ?? threads[0]?.alarms[0];
  const message = messages.find(({ id }) => id === chosen) ?? newest;
  const rows = (of: readonly MessageView[]) =>
    of.map(({ id, level, subject, at }) => (
      <button
        key={id}
        type="button"
        class="row"
        {...levelOf(level)}
        data-message={id}
        aria-current={id === message?.id}
        onClick={() => setChosen(id === newest?.id ? undefined : id)}
      >
        {subject} <time>{shortTime(at)}</time>
      </button>
    ));
  return (
    <section id="inbox" class="sheet" aria-labelledby="inbox-title">
      <div class="heading">
        <h2 id="inbox-title">{newest ? `Alert inbox (${messages.length})` : 'Alert inbox'}</h2>
        <button type="button" id="test-alert" onClick={() => send({ do: 'test alert' })}>
          Send a test alert
        </button>
      </div>
      {message === undefined && <Guide />}
      <ol id="messages" class="scroll" hidden={message === undefined}>
        {threads.map(({ id, own, alarms }) => (
          <li key={id}>
            {rows(own)}
            {own.length > 0 && alarms.length > 0 ? (
              <details class="alarms">
                <summary>{`${count(alarms.length, 'mail')} from CloudWatch`}</summary>
                {rows(alarms)}
              </details>
            ) : (
              rows(alarms)
            )}
          </li>
        ))}
      </ol>
      {message && <Reader message={message} />}
    </section>
  );
}

function Guide() {
  return (
    <div class="quiet">
      <p>No mail. That is how most nights look. To see another one:</p>
      <ol class="guide">
        <li>Press “Consent revoked”. Time runs faster, and apps get refusals.</li>
        <li>Within 15 minutes of that time the refresher notices, and its mail arrives here.</li>
        <li>Copy the command from the red band into a terminal in this folder, or press “Heal”.</li>
        <li>The next tick stores a new token, and a mail says so.</li>
      </ol>
    </div>
  );
}

function Reader({ message }: { message: MessageView }) {
  const [wanted, setForm] = useState<Form>('email');
  const { level, subject, at, email, sms, json, envelope } = message;
  const names = (Object.keys(forms) as Form[]).filter((name) => name !== 'json' || json !== undefined);
  const form = names.includes(wanted) ? wanted : 'email';
  // One part of an SMS has 160 characters of the GSM alphabet, or 153 if there are several.
  const parts = sms.length <= 160 ? 1 : Math.ceil(sms.length / 153);
  const step = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = names.at((names.indexOf(form) + by) % names.length) ?? 'email';
    setForm(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <article id="reader" aria-label="Chosen message">
      <h3>{subject}</h3>
      <p class="quiet">{`AWS Notifications <no-reply@sns.amazonaws.com> · ${dateOf(at)} ${shortTime(at)} UTC`}</p>
      <div role="tablist" class="buttons" aria-label="Form of the message">
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
        {form === 'email' && <pre>{email}</pre>}
        {form === 'sms' && (
          <>
            <p class="band" {...levelOf(level)}>
              {sms}
            </p>
            <p class="quiet">{`${count(sms.length, 'character')}, ${count(parts, 'part')}`}</p>
          </>
        )}
        {form === 'json' && (
          <>
            <p class="quiet">Message to SQS, HTTPS and Lambda</p>
            <pre>{json}</pre>
            <details>
              <summary>In the envelope of SNS, without its signature</summary>
              <pre>{envelope}</pre>
            </details>
          </>
        )}
      </div>
    </article>
  );
}
