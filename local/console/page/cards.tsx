import type { AlarmView, CardView } from '../view.ts';
import { ago, levelOf, shortTime, span } from './words.ts';

/** Above this many cards are small, and those with trouble come first. */
const mostLargeCards = 6;
const urgency = { critical: 0, warning: 1, watch: 2, good: 3 } as const;
const minute = 60_000;
/** Parts of the bar at which an alert turns critical, on-call is alerted, and the token is due: of 60 minutes 10, 20 and 40. */
const lifeLines = [1 / 6, 1 / 3, 2 / 3];

/** The cards, one per connection; the one that the time line shows alone is marked. */
export function Cards(properties: {
  cards: readonly CardView[];
  now: number;
  drawn: string;
  choose: (name: string) => void;
}) {
  const { cards, now, drawn, choose } = properties;
  const isMany = cards.length > mostLargeCards;
  const ordered = isMany ? cards.toSorted((one, other) => urgency[one.level] - urgency[other.level]) : cards;
  return (
    <div id="cards" data-size={isMany ? 'small' : 'large'}>
      {ordered.map((card) => (
        <Card key={card.name} card={card} now={now} isChosen={card.name === drawn} choose={choose} />
      ))}
    </div>
  );
}

function Card(properties: {
  card: CardView;
  now: number;
  isChosen: boolean;
  choose: (name: string) => void;
}) {
  const { card, now, isChosen, choose } = properties;
  const { name, token, incident } = card;
  const left = token === undefined || token.isDead ? 0 : Math.max(0, token.expiresAt - now);
  const lifetime = token === undefined ? 60 * minute : Math.max(1, token.expiresAt - token.issuedAt);
  const told = incident?.isTold ? 'on-call alerted' : 'nobody alerted yet';
  const facts = {
    Token: token?.masked ?? 'none',
    Refreshed: token ? `${shortTime(token.issuedAt)}, ${ago(now - token.issuedAt)}` : 'never',
    'Apps get': card.app.text,
    Incident: incident && `${incident.code}, ${incident.title}: for ${span(now - incident.since)}, ${told}`,
    Fix: incident?.remedy,
    Broken: card.broken.join(', '),
  };
  return (
    <article class="card" data-connection={name} {...levelOf(card.level)}>
      <h3>
        <button
          type="button"
          title="Show alone in the time line"
          aria-pressed={isChosen}
          onClick={() => choose(name)}
        >
          {name}
        </button>
        <span class="service">{`${card.service} · ${card.dataCenter}`}</span>
      </h3>
      <p class="state">{card.state}</p>
      <p class="left">
        <strong>{Math.floor(left / minute)}</strong> min<span> left</span>
      </p>
      {/* biome-ignore lint/a11y/useSemanticElements: a <meter> cannot show the lines in its bar */}
      <div
        class="bar"
        role="meter"
        aria-label={`Life left of ${name}`}
        aria-valuemin={0}
        aria-valuemax={Math.round(lifetime / minute)}
        aria-valuenow={Math.floor(left / minute)}
      >
        <span class="fill" style={{ transform: `scaleX(${Math.min(1, left / lifetime).toFixed(4)})` }} />
        {lifeLines.map((part) => (
          <span key={part} class="line" style={{ left: `${part * 100}%` }} />
        ))}
      </div>
      <div class="scale" aria-hidden="true">
        {lifeLines.map((part) => (
          <span key={part} class="line" style={{ left: `${part * 100}%` }}>
            {Math.round((lifetime * part) / minute)}
          </span>
        ))}
      </div>
      <dl>
        {Object.entries(facts).map(
          ([term, text]) =>
            text && (
              <div key={term} data-bad={term === 'Apps get' && !card.app.isUsable ? '' : undefined}>
                <dt>{term}</dt>
                <dd>{text}</dd>
              </div>
            ),
        )}
      </dl>
    </article>
  );
}

/** CloudWatch's alarms: those that speak, and how many are calm. */
export function Alarms({ alarms }: { alarms: readonly AlarmView[] }) {
  const speaking = alarms.filter(({ isAlarm }) => isAlarm);
  const calm = alarms.length - speaking.length;
  return (
    <ul id="alarms" aria-label="CloudWatch alarms">
      {speaking.map(({ name, reason }) => (
        <li key={name} {...levelOf('critical')}>
          <strong>ALARM</strong> {name}: {reason}
        </li>
      ))}
      {calm > 0 && (
        <li {...levelOf('good')}>{`${calm} CloudWatch ${calm === 1 ? 'alarm is' : 'alarms are'} calm`}</li>
      )}
    </ul>
  );
}
