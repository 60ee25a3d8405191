import type { CardView } from '../card.ts';
import type { StateView } from '../stage-watch.ts';
import type { Level } from '../view.ts';
import { shortTime, span } from './words.ts';

/** What somebody has to know first: the line on top of the page, and the title of its tab. */
export type Status = ReturnType<typeof statusOf>;

export const urgency = { critical: 0, warning: 1, watch: 2, good: 3 } as const;
const numbers = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const mostNames = 3;

/** When the next tick that finds the token due will run; `undefined` while nothing ticks. */
export function nextRefreshAt(
  { issuedAt, expiresAt }: NonNullable<CardView['token']>,
  { nextTickAt }: Pick<StateView, 'nextTickAt'>,
  interval: number,
): number | undefined {
  if (nextTickAt === undefined) return undefined;
  const due = issuedAt + (expiresAt - issuedAt) / 3;
  return nextTickAt + Math.max(0, Math.ceil((due - nextTickAt) / interval)) * interval;
}

/** Sums the state up. */
export function statusOf(state: StateView, now: number, interval: number) {
  const { cards, alarms, nextTickAt } = state;
  const bad = cards
    .filter(({ level }) => level !== 'good')
    .toSorted((one, other) => urgency[one.level] - urgency[other.level]);
  if (bad.length > 0) return statusInTrouble(bad, now, nextTickAt);
  const [all, speaking] = [cards.length, alarms.find(({ isAlarm }) => isAlarm)];
  const well = `${all === 1 ? 'The connection is' : `All ${numbers[all] ?? all} connections are`} healthy`;
  const status = (level: Level, tab: string, end: string) => {
    return { level, tab, sentence: well + end, troubles: [] };
  };
  if (nextTickAt === undefined)
    return status('warning', 'Ticks stopped', ', but ticks have stopped: nobody refreshes them.');
  if (speaking !== undefined)
    return status('warning', 'Alarm', `, but ${speaking.name} is in ALARM: ${speaking.reason}.`);
  const refreshes = cards.flatMap(({ token }) => (token && nextRefreshAt(token, state, interval)) ?? []);
  const next = refreshes.length === 0 ? '' : `, next refresh ${shortTime(Math.min(...refreshes))}`;
  return status('good', 'Healthy', `${next}.`);
}

function statusInTrouble(bad: readonly CardView[], now: number, nextTickAt: number | undefined) {
  const dead = bad.filter(({ app }) => !app.isUsable);
  const isIncident = bad.some(({ level, incident }) => level === 'critical' || incident?.isTold);
  const about = namesOf(dead.length > 0 ? dead : bad);
  const felt = dead.length > 0 ? 'have no usable token' : 'still work, but something is wrong';
  const level: Level = isIncident ? 'critical' : 'warning';
  return {
    level,
    tab: `${dead.length > 0 ? 'FAILING' : isIncident ? 'Incident' : 'Trouble'}: ${about}`,
    sentence: `Apps of ${about} ${felt}.`,
    /** Of each connection in trouble, the worst first. */
    troubles: together(bad.map((card) => troubleOf(card, now, nextTickAt))),
  };
}

type Trouble = ReturnType<typeof troubleOf>;

/** Connections that feel the same, and have no command of their own, are named together. */
function together(troubles: readonly Trouble[]): Trouble[] {
  const textOf = ({ name, felt, todo, command }: Trouble) => `${command === null ? '' : name} ${felt} ${todo}`;
  return Object.values(Object.groupBy(troubles, textOf)).flatMap((same = []) => {
    const [first] = same;
    return first === undefined ? [] : { ...first, name: namesOf(same) };
  });
}

function namesOf(cards: readonly { readonly name: string }[]): string {
  if (cards.length > mostNames) return `${cards.length} connections`;
  return new Intl.ListFormat('en-GB').format(cards.map(({ name }) => name));
}

/** What apps of a connection feel, and what is to be done. */
function troubleOf(card: CardView, now: number, nextTickAt: number | undefined) {
  const { name, app, token, incident, isUnheard } = card;
  const felt =
    app.isUsable && token !== undefined
      ? `apps work until ${shortTime(token.expiresAt)}, ${span(token.expiresAt - now)} from now`
      : `apps get ${app.text}`;
  const next = nextTickAt === undefined ? '' : `; next tick ${shortTime(nextTickAt)}`;
  const todo = incident?.remedy ?? (isUnheard ? '' : `The refresher has not recorded it yet${next}.`);
  const warning = isUnheard ? 'On-call could not be alerted. ' : '';
  return { name, felt, todo: (warning + todo).trim(), command: incident?.command ?? null };
}
