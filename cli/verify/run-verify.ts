import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import type { Context, Outcome } from '../command.ts';
import { Interrupted, Refusal, UsageError } from '../faults.ts';
import { overhear } from '../place/account.ts';
import { chooseConnection, chooseConnections } from '../place/open-place.ts';
import type { Place } from '../place/place.ts';
import { type Line, linesOf, renderLines } from './assumption-lines.ts';
import { countAssumptions } from './assumptions.ts';
import { Stopped, throwIfStopped } from './attempt.ts';
import { byHand } from './live/dead-man.ts';
import type { AppRole } from './look-at-secrets.ts';
import type { Stop, Subject } from './subject.ts';
import { checkFile, createTranscript, saveTranscript } from './transcript.ts';
import { verifyAll } from './verify-all.ts';

type Given = Readonly<Record<'live' | 'dead-man' | 'yes', boolean>> &
  Readonly<Record<'app-role' | 'save', string | undefined>>;

/** Runs `verify`: asks for consent where it has effects, and reports. */
export async function runVerify(
  place: Place,
  words: readonly string[],
  { live, 'dead-man': hasDeadMan, 'app-role': appRole, save, yes }: Given,
  { terminal, workingFolder, holdInterrupts }: Context,
): Promise<Outcome> {
  const file = save === undefined ? undefined : checkFile(resolve(workingFolder, save));
  const connections = chooseConnections(place.connections, words);
  const roles = readRoles(appRole, place.connections.connections, connections);
  if (live) {
    for (const line of announce(place.title, hasDeadMan)) terminal.say(line);
    if (!yes && !terminal.isInteractive)
      throw new UsageError('--live changes the account for a while: agree with --yes');
    if (!yes && !(await terminal.confirm('Go on?'))) throw new Refusal('not agreed: nothing was done');
  }
  // What only reads ends at once with Ctrl-C.
  const held = live ? holdInterrupts() : undefined;
  try {
    const stop = { signal: held?.signal };
    const transcript = createTranscript();
    const account = await place.account?.open();
    if (account !== undefined) overhear(account, transcript.hearAws, () => throwIfStopped(stop));
    const subject = subjectOf(place, connections, stop, terminal.say);
    const wanted = { roles, ...(live && { live: { hasDeadMan } }) };
    const { findings, missing, left, isStopped } = await verifyAll(account, subject, transcript, wanted);
    if (isStopped) {
      const clean = left.length > 0 ? 'what is named above is left behind' : 'everything is cleaned up';
      terminal.say(`stopped; ${clean}`);
      throw new Interrupted('stopped');
    }
    const lines = linesOf(findings, missing);
    const saved = file === undefined ? undefined : saveTranscript(file, lines, transcript);
    const isGood = left.length === 0 && !lines.some((line) => line.breaksPromise);
    return {
      isFine: isGood && saved?.isSaved !== false,
      lines: [place.title, ...renderLines(lines, terminal.paint), ...(saved ? [saved.says] : [])],
      json: { place: place.title, counts: countAssumptions(), assumptions: lines.map(jsonOf), left },
    };
  } finally {
    held?.release();
  }
}

function announce(title: string, hasDeadMan: boolean): readonly string[] {
  return [
    `--live does this in ${title}, and undoes it at its end, after Ctrl-C too:`,
    '- enables the schedule, if an earlier verify that was killed left it disabled',
    '- makes a secret zoho-tokens-verify/..., writes about 200 versions of no meaning, deletes it',
    '- makes a queue zoho-tokens-verify-..., subscribes it to the alert and alarm topics, deletes both',
    '- sets the heartbeat alarm to ALARM and back: on-call gets both mails, or is paged',
    '- sends one alert that is marked as a test to everybody who is subscribed',
    ...(hasDeadMan
      ? [
          '- disables the schedule for 13 to 25 minutes: no token is refreshed meanwhile, and on-call gets the heartbeat',
          `  alarm and those of the connections; it is enabled again whatever happens; ${byHand};`,
          '  keep this machine awake until the end',
        ]
      : []),
  ];
}

function subjectOf(place: Place, connections: readonly Connection[], stop: Stop, say: (line: string) => void): Subject {
  const { connections: all, secretPrefix } = place.connections;
  const { functionName = '', stackName } = place.account ?? {};
  return {
    ...{ place, secretPrefix, connections, all, functionName, stackName, say, stop },
    now: () => new Date(),
    // The stand-ins of this machine need no patience.
    wait: (milliseconds) =>
      wait(place.account === undefined ? 0 : milliseconds, undefined, { signal: stop.signal }).catch(() => {
        throw new Stopped();
      }),
  };
}

/** `desk,salesiq=ROLE`, or `ROLE` for all connections of this run. */
function readRoles(text = '', all: readonly Connection[], chosen: readonly Connection[]): readonly AppRole[] {
  const parts = text.split(' ').filter((part) => part !== '');
  return parts.map((part) => {
    const [, names, role] = /^(?:([a-z0-9,-]+)=)?([\w+=,.@:/-]{1,600})$/.exec(part) ?? [];
    if (role === undefined) throw new UsageError('--app-role: expected CONNECTION,...=ROLE');
    const connections = names?.split(',') ?? chosen.map(({ name }) => name);
    for (const name of connections) chooseConnection({ connections: all }, name);
    return { role, connections };
  });
}

function jsonOf({ id, assumption, outcome, breaksPromise, says }: Line): Readonly<Record<string, unknown>> {
  const { says: claim, certainty, source, promise = null } = assumption;
  return { id, claim, certainty, source, promise, outcome, breaks_promise: breaksPromise, says };
}
