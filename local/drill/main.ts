import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process, { stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { defaultTickIntervalMilliseconds } from '../../lambda/settings.ts';
import { fastestSpeed, startTicker } from '../console/ticker.ts';
import { numberFrom } from '../number-option.ts';
import { offerStage } from '../offer-stage.ts';
import { onlyStageName } from '../only-stage.ts';
import { setStage } from '../stage.ts';
import { answerPlayer, playHelp } from './answer-player.ts';
import { runCommandLine, storeVariable } from './command-line.ts';
import { causes, fixes, type Night, nights } from './nights.ts';
import { beginRound } from './round.ts';

/** Entry point of `npm run drill`: one night on the stage, played against the clock. */
const program = new Command('npm run drill --')
  .description('Practise a night on call, on this machine.')
  .option(
    '--night <number>',
    `one of ${nights.length}; drawn without it`,
    numberFrom(1, nights.length, Number.isInteger),
  )
  .option('--speed <number>', 'how fast time runs: 30 is an hour in two minutes', numberFrom(1, fastestSpeed), 30)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
const root = fileURLToPath(new URL('../../', import.meta.url));

async function main(): Promise<void> {
  const { night, speed } = program.parse().opts<{ night?: number; speed: number }>();
  const chosen = nights[night === undefined ? Math.floor(Math.random() * nights.length) : night - 1];
  await import('../../build/bundle.mjs');
  if (chosen !== undefined) await play(chosen, speed);
}

async function play(night: Night, speed: number): Promise<void> {
  const stage = await setStage({
    bundle: new URL('../../dist/lambda/index.mjs', import.meta.url),
    connectionsText: readFileSync(join(root, 'connections.json'), 'utf8'),
    stageName: onlyStageName(root),
  });
  const folder = mkdtempSync(join(tmpdir(), 'zoho-token-drill-'));
  const offered = await offerStage(stage, { file: join(folder, 'store.json') });
  const round = beginRound(stage, night, 3 + Math.random() * 20);
  const input = createInterface({ input: stdin, output: stdout, prompt: '> ' });
  const closed = new AbortController();
  input.once('close', () => closed.abort());
  /** Whether a command has the terminal: then no prompt is drawn into its questions. */
  let isAway = false;
  const desk = {
    round,
    runCommandLine: async (words: readonly string[]) => {
      isAway = true;
      const code = await runCommandLine(words, offered.file, input, closed.signal);
      isAway = false;
      return code;
    },
  };
  /** Id of the last mail for which the phone has buzzed. */
  let told = 0;
  /** The phone buzzes: the SMS of a mail that has just come. */
  const buzz = () => {
    const { messages } = round.watch.history.whole();
    const fresh = messages.filter(({ id }) => id > told);
    for (const { sms } of fresh) stdout.write(`\n\u0007[phone] ${sms}\n`);
    if (fresh.length > 0 && !isAway && !closed.signal.aborted) input.prompt(true);
    told = messages.at(-1)?.id ?? told;
  };
  const ticker = startTicker({
    clock: stage.clock,
    intervalMilliseconds: defaultTickIntervalMilliseconds,
    tick: async (slot) => {
      await round.tick(slot);
      buzz();
      if (round.isOver() && !isAway) input.close();
    },
  });
  ticker.setSpeed(speed);
  stdout.write(`You are on call. Something will go wrong tonight, or two things. Your phone buzzes with each mail.

${playHelp.join('\n')}

In another terminal: ${storeVariable}=${offered.file} npx --no-install zoho-tokens status --local

`);
  input.prompt();
  // One line after the other: a command has the store until it has ended.
  for await (const line of input) {
    const answering = answerPlayer(desk, line);
    const lines = await answering.catch((fault: Error) => [fault.message]);
    if (lines === undefined) break;
    if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`);
    if (!closed.signal.aborted) input.prompt();
  }
  const { points, lines } = round.score();
  const solution = night.faults.map(
    ({ cause, fixes: able, connection = 'the connection' }) =>
      `  ${causes[cause]}; the fix: ${able.map((fix) => fixes[fix].replace('CONNECTION', connection)).join('; or ')}`,
  );
  const end = ['', `The night is over: ${points} of 100 points`, ...lines, '', night.story, ...solution, ''];
  stdout.write(end.join('\n'));
  ticker.stop().catch(() => undefined);
  await offered.close();
  await stage.close();
  rmSync(folder, { recursive: true, force: true });
}

main().then(
  () => process.exit(0),
  (fault: unknown) => {
    stdout.write(`${(fault as Error).message}\n`);
    process.exit(1);
  },
);
