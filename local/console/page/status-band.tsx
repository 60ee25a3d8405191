import { useState } from 'preact/hooks';
import type { Status } from './status.ts';
import { levelOf } from './words.ts';

const mostTroubles = 3;

/** The line on top; in an incident a band with what apps feel and the command to copy. */
export function StatusBand({ status: { level, sentence, troubles } }: { status: Status }) {
  return (
    <section id="status" class="band" aria-label="Status" {...levelOf(level)}>
      <strong role="status">{sentence}</strong>
      <ul>
        {troubles.slice(0, mostTroubles).map(({ name, felt, todo, command }) => (
          <li key={name}>
            <strong>{name}</strong>: {felt}. {command !== null && <Command text={command} />} {todo}
          </li>
        ))}
      </ul>
      {troubles.length > mostTroubles && <p>{`And ${troubles.length - mostTroubles} more.`}</p>}
    </section>
  );
}

function Command({ text }: { text: string }) {
  const [label, setLabel] = useState('Copy');
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setLabel('Copied'),
      () => setLabel('Select it'),
    );
  return (
    <>
      <code>{text}</code>{' '}
      <button type="button" onClick={copy} aria-label={`${label}: ${text}`}>
        {label}
      </button>
    </>
  );
}
