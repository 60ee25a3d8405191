import type { CardView } from '../card.ts';
import type { StateView } from '../stage-watch.ts';
import { Shape } from './shapes.tsx';
import { urgency } from './status-line.ts';
import { levelOf, shortTime, span } from './words.ts';

/** Above this many, those with trouble come first. */
const mostInOrder = 6;
const minute = 60_000;
/** Parts of the bar, drawn by its style, at which an alert turns critical, on-call is alerted, and the token is due: of 60 minutes 10, 20 and 40. */
const lifeLines = [1 / 6, 1 / 3, 2 / 3];

/** A card for each connection, and CloudWatch's alarms below them. */
export function Connections(properties: {
  state: StateView;
  now: number;
  drawn: string;
  choose: (name: string) => void;
}) {
  const { state, now, drawn, choose } = properties;
  const { cards, alarms } = state;
  const isMany = cards.length > mostInOrder;
  const shown = cards.map((card, index) => ({ card, index }));
  if (isMany) shown.sort((one, other) => urgency[one.card.level] - urgency[other.card.level]);
  return (
    <section id="connections" class="sheet" aria-labelledby="connections-title" tabIndex={-1}>
      <h2 id="connections-title" class="unseen">
        Connections
      </h2>
      <ul class={isMany ? 'scroll' : undefined} tabIndex={isMany ? 0 : undefined}>
        {shown.map(({ card, index }) => (
          <Card key={card.name} {...{ card, index, now, choose, isDrawn: card.name === drawn }} />
        ))}
      </ul>
      <Alarms alarms={alarms} />
    </section>
  );
}

function Card(properties: {
  card: CardView;
  index: number;
  now: number;
  isDrawn: boolean;
  choose: (name: string) => void;
}) {
  const { card, index, now, isDrawn, choose } = properties;
  const { name, service, dataCenter, state, token, incident, app, isUnheard, broken } = card;
  const left = token === undefined || token.isDead ? 0 : Math.max(0, token.expiresAt - now);
  const lifetime = token === undefined ? 60 * minute : Math.max(1, token.expiresAt - token.issuedAt);
  const facts = [
    token && `${token.masked} of ${shortTime(token.issuedAt)}`,
    incident && `${incident.code} for ${span(now - incident.since)}`,
    broken.length > 0 && `broken: ${broken.join(', ')}`,
  ];
  return (
    <li class="card" data-connection={name} {...levelOf(card.level)}>
      <h3>
        <button
          type="button"
          title={`${service} in data centre ${dataCenter}`}
          aria-pressed={isDrawn}
          onClick={() => choose(name)}
        >
          <Shape index={index} /> {name}
        </button>
      </h3>
      {/* biome-ignore lint/a11y/useSemanticElements: a <meter> cannot show the lines in its bar */}
      <div
        class="bar"
        style={{ '--left': `${Math.min(100, (100 * left) / lifetime).toFixed(2)}%` }}
        role="meter"
        aria-label={`Life left of ${name}`}
        aria-valuemin={0}
        aria-valuemax={Math.round(lifetime / minute)}
        aria-valuenow={Math.floor(left / minute)}
        title={lifeLines.map((part) => `${Math.round((lifetime * part) / minute)} min`).join(', ')}
      />
      <p class="left">
        <strong>{Math.floor(left / minute)}</strong> min left
      </p>
      <p class="quiet">
        <b style={{ color: 'var(--level)' }} data-bad={isUnheard || undefined}>
          {state}
        </b>{' '}
        · apps get <span data-bad={!app.isUsable || undefined}>{app.text}</span>
        {facts.filter(Boolean).map((fact) => ` · ${fact}`)}
      </p>
    </li>
  );
}

/** CloudWatch's alarms: those that speak, and how many are calm. */
function Alarms({ alarms }: { alarms: StateView['alarms'] }) {
  const speaking = alarms.filter(({ isAlarm }) => isAlarm);
  const calm = alarms.length - speaking.length;
  return (
    <p id="alarms" class="quiet">
      {speaking.map(({ name, reason }) => (
        <span key={name}>
          <strong data-bad>ALARM</strong> {name}: {reason}.{' '}
        </span>
      ))}
      {calm > 0 && `${calm} CloudWatch ${calm === 1 ? 'alarm is' : 'alarms are'} calm.`}
    </p>
  );
}
