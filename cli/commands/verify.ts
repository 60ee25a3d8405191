import { accessSync, constants, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { chooseConnection, chooseConnections } from '../choose-connections.ts';
import { command } from '../command.ts';
import type { Context } from '../context.ts';
import { Interrupted, quotePath, Refusal, UsageError } from '../faults.ts';
import type { Outcome } from '../outcome.ts';
import { type Account, overhear } from '../place/account.ts';
import { atPlace } from '../place/open-place.ts';
import type { Place } from '../place/place.ts';
import { countAssumptions } from '../verify/assumptions.ts';
import { Stopped } from '../verify/finding.ts';
import { announce, type Interruption } from '../verify/live/live.ts';
import type { AppRole } from '../verify/look-at-roles.ts';
import { redactText } from '../verify/redact.ts';
import { type Line, linesOf, renderLines } from '../verify/report.ts';
import type { Subject } from '../verify/subject.ts';
import { createTranscript, type Transcript } from '../verify/transcript.ts';
import { verifyAll } from '../verify/verify.ts';
import { readVersion } from '../version.ts';

/** `verify`: what this project assumes of Zoho and AWS, against the real ones. */
export const verify = command({
  name: 'verify',
  summary: 'Compares what this project assumes of AWS and Zoho with what they really do, line by line',
  examples: [
    ['verify', 'reads only; nothing is written at Zoho, and two token requests are the most'],
    ['verify --live --save verify.txt', 'also tries labels, races and alarms, and cleans up'],
    ['verify --live --dead-man', 'also stops the schedule until the heartbeat alarm speaks'],
    ['verify --app-role desk=orders-app', "also what an app's role may read"],
  ],
  argument: ['[connection...]', 'only these connections'],
  options: {
    live: { type: 'boolean', description: 'try in earnest what cannot be read; says before what it does' },
    'dead-man': {
      type: 'boolean',
      description: 'with --live: stop the schedule, count the minutes, start it',
    },
    'app-role': {
      type: 'string',
      valueHint: 'connection,...=role',
      description: 'name or ARN of a role, with the connections whose tokens it needs; several with a space',
    },
    save: {
      type: 'string',
      valueHint: 'file',
      description: 'write a transcript without secrets, ids and names',
    },
    yes: { type: 'boolean', description: 'do not ask before --live' },
  },
  run: async (words, options, context) => {
    const { live, 'dead-man': hasDeadMan, save } = options;
    if (hasDeadMan && !live) throw new UsageError('--dead-man belongs to --live');
    if (live && options.local) throw new UsageError('--live is about an AWS account and --local is not');
    const file = save === undefined ? undefined : checkFile(resolve(context.workingFolder, save));
    return atPlace(options, context, async (place) => {
      const connections = chooseConnections(place.connections, words);
      const roles = readRoles(options['app-role'], place.connections.connections, connections);
      if (live) await agree(hasDeadMan, options.yes, context);
      const held = live ? context.holdInterrupts() : undefined;
      try {
        const signal = held?.signal ?? new AbortController().signal;
        return await run(place, { connections, roles, hasDeadMan, live, file, signal }, context);
      } finally {
        held?.release();
      }
    });
  },
});

type Run = {
  readonly connections: readonly Connection[];
  readonly roles: readonly AppRole[];
  readonly live: boolean;
  readonly hasDeadMan: boolean;
  readonly file: string | undefined;
  readonly signal: AbortSignal;
};

async function run(place: Place, wanted: Run, { terminal }: Context): Promise<Outcome> {
  const { signal, live, hasDeadMan, file, roles } = wanted;
  const transcript = createTranscript();
  let isCleaning = false;
  const interruption: Interruption = {
    isStopped: () => signal.aborted,
    beginCleaning: () => {
      isCleaning = true;
    },
  };
  const account = await openHeard(place, transcript, () => {
    if (signal.aborted && !isCleaning) throw new Stopped();
  });
  const subject = subjectOf(place, wanted.connections, signal, terminal.say);
  const verified = await verifyAll(place, account, subject, transcript, {
    roles,
    ...(live ? { live: { hasDeadMan, interruption } } : {}),
  });
  if (signal.aborted) {
    const isLeft = verified.left.length > 0;
    terminal.say(
      isLeft ? 'stopped; what is named above is left behind' : 'stopped; everything is cleaned up',
    );
    throw new Interrupted('stopped');
  }
  const lines = linesOf(verified.findings, verified.missing);
  const saved = file === undefined ? [] : [saveTranscript(file, lines, transcript, place)];
  return {
    isFine: verified.left.length === 0 && !lines.some((line) => line.breaksPromise),
    lines: [place.title, ...renderLines(lines, terminal.paint), ...saved],
    json: {
      place: place.title,
      counts: countAssumptions(),
      assumptions: lines.map(jsonOf),
      left: verified.left,
    },
  };
}

async function openHeard(
  { account }: Place,
  { hearAws }: Transcript,
  before: () => void,
): Promise<Account | undefined> {
  const opened = await account?.open();
  if (opened !== undefined) overhear(opened, hearAws, before);
  return opened;
}

function subjectOf(
  { account, connections: { connections: all, secretPrefix } }: Place,
  connections: readonly Connection[],
  signal: AbortSignal,
  say: (line: string) => void,
): Subject {
  const { functionName = '', stackName } = account ?? {};
  return {
    ...{ secretPrefix, connections, all, functionName, stackName },
    version: readVersion(),
    now: () => new Date(),
    // The stand-ins of this machine need no patience.
    wait: (milliseconds) =>
      wait(account === undefined ? 0 : milliseconds, undefined, { signal }).catch(() => {
        throw new Stopped();
      }),
    say,
  };
}

/** `desk,salesiq=ROLE`, or `ROLE` for all connections of this run. */
function readRoles(
  text: string | undefined,
  all: readonly Connection[],
  chosen: readonly Connection[],
): readonly AppRole[] {
  const parts = (text ?? '').split(' ').filter((part) => part !== '');
  return parts.map((part) => {
    const [, names, role] = /^(?:([a-z0-9,-]+)=)?([\w+=,.@:/-]{1,600})$/.exec(part) ?? [];
    if (role === undefined) throw new UsageError('--app-role: expected CONNECTION,...=ROLE');
    const connections = names?.split(',') ?? chosen.map(({ name }) => name);
    for (const name of connections) chooseConnection({ connections: all }, name);
    return { role, connections };
  });
}

async function agree(hasDeadMan: boolean, isAgreed: boolean, { terminal }: Context): Promise<void> {
  for (const line of announce(hasDeadMan)) terminal.say(line);
  if (isAgreed) return;
  if (!terminal.isInteractive)
    throw new UsageError('--live changes the account for a while: agree with --yes');
  if (!(await terminal.confirm('Go on?'))) throw new Refusal('not agreed: nothing was done');
}

/** A file that cannot be written is found before half an hour of work, not after. */
function checkFile(file: string): string {
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch {
    throw new UsageError(`--save: ${quotePath(file)} cannot be written`);
  }
  return file;
}

function saveTranscript(
  file: string,
  lines: readonly Line[],
  transcript: Transcript,
  { connections }: Place,
): string {
  const names = connections.connections.map(({ name }) => [`(${name})`, '(connection)'] as const);
  const claims = lines.map(({ id, outcome, says }) => {
    const plain = names.reduce((text, [name, kind]) => text.replaceAll(name, ` ${kind}`), says);
    return `${outcome}: ${id}${says === '' ? '' : `: ${redactText(plain, transcript.known())}`}`;
  });
  const text = [
    `zoho-tokens ${readVersion()} verify`,
    '',
    ...claims.filter((line) => !line.startsWith('not tried')),
    '',
    ...transcript.lines(),
    '',
  ].join('\n');
  writeFileSync(file, text, { mode: 0o600 });
  return `the transcript is in ${quotePath(file)}: read it, then send it back (docs/verify.md)`;
}

function jsonOf({ id, assumption, outcome, breaksPromise, says }: Line): Readonly<Record<string, unknown>> {
  const { says: claim, certainty, source, promise = null } = assumption;
  return { id, claim, certainty, source, promise, outcome, breaks_promise: breaksPromise, says };
}
