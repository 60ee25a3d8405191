import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { answerPlayer } from '../../local/drill/answer-player.ts';
import { nights } from '../../local/drill/nights.ts';
import { beginRound } from '../../local/drill/round.ts';
import { offerStage } from '../../local/offer-stage.ts';
import { giveConsent } from '../../local/stage.ts';
import { runInside } from '../support/run-cli-inside.ts';
import { type BareStage, setBareStage } from '../support/stage.ts';

let stage: BareStage;
/** The terminal lent to a command is tried in drill-terminal.test.ts; here the commands are taken as done. */
let runCommand: () => number;
afterEach(() => stage.close());

async function startRound(id: string) {
  const night = nights.find((known) => known.id === id);
  if (night === undefined) throw new Error('no such night');
  runCommand = () => 0;
  stage = await setBareStage({ start: Date.parse('2026-03-01T00:00:00Z'), ignoresClocks: true });
  const round = beginRound(stage, night, 7);
  const desk = { round, runCommandLine: async () => runCommand() };
  const tick = async (count = 1) => {
    for (let ticks = 0; ticks < count; ticks += 1) {
      await round.tick(new Date(stage.now()));
      stage.pass(5);
    }
  };
  return {
    round,
    tick,
    say: async (line: string) => (await answerPlayer(desk, line))?.join('\n') ?? '',
    mails: () => round.watch.history.whole().messages,
    scored: () => round.score().lines.join('\n'),
    /** Ticks, for five hours at most, until something is so; the player does something after each. */
    async until(isSo: () => boolean, play: (ticks: number) => Promise<unknown> = async () => {}): Promise<void> {
      for (let ticks = 1; !isSo() && ticks <= 60; ticks += 1) {
        await tick();
        await play(ticks);
      }
    },
  };
}

/** What a player can know only from these words, in a mail or on the dashboard. */
const evidence: Record<string, RegExp> = {
  'consent-lost': /invalid_code/,
  'secret-rotated': /invalid_client_secret/,
  'wrong-client': /prefix_mismatch/,
  'scope-missing': /scope_mismatch/,
  throttled: /rate_limited/,
  'zoho-down': /zoho_unavailable/,
  'setting-wrong': /setting_mismatch/,
  'store-refused': /failures by code: secret_store_(?:failed|refused)[\s\S]*ALARM {2}zoho\/refresher\/errors/,
  // A fault that the dashboard counts and no mail names.
  'alerts-blocked': /failures by code: invalid_code[\s\S]*ALARM {2}zoho\/refresher\/errors/,
  'ticks-stopped': /zoho\/refresher\/heartbeat/,
};

/** Each night, mended in each way that there is. */
const ways = nights.flatMap((night) => (night.faults[0]?.fixes ?? []).map((fix, way) => ({ night, way, fix })));

it.each(ways)(
  'the night $night.id can be noticed, understood and mended with what on-call has: $fix',
  async ({ night, way }) => {
    const { round, say, mails, until } = await startRound(night.id);
    await until(round.isOver, async (ticks) => {
      if (!mails().some(({ level }) => level !== 'good')) return;
      const looks = ['alerts', 'dashboard', ...mails().map((_, index) => `read ${index + 1}`)];
      const seen = (await Promise.all(looks.map(say))).join('\n');
      for (const { cause, fixes: fitting, connection = '' } of night.faults) {
        if (ticks < 14 && night.faults.length > 1) continue;
        expect(seen).toMatch(evidence[cause] ?? /./);
        if ((await say(`cause ${cause} ${connection}`)).startsWith('yes'))
          await say(`fix ${fitting[way]} ${connection}`);
      }
    });
    expect(round.isOver()).toBe(true);
    const { points, lines } = round.score();
    expect(points, lines.join('\n')).toBeGreaterThanOrEqual(90);
  },
);

describe('a night played badly', () => {
  it('costs points for guesses, for what is done in vain and for lateness', async () => {
    const { round, say, tick } = await startRound('password-change');
    // A cause that is named before it exists is a guess.
    expect(await say('cause consent-lost desk')).toBe('no, that is not it');
    await say('fix restore-store');
    await tick(30);
    await say('alerts');
    expect(await say('cause consent-lost desk')).toBe('yes, that is it');
    const { points, lines } = round.score();
    expect(points).toBe(0);
    expect(lines.join('\n')).toMatch(/wrong actions +2 +-20\nmended +no/);
  });

  it('counts nothing as broken if all that could be done was to wait, and it was said', async () => {
    const { round, say, scored, tick } = await startRound('bad-gateway');
    await tick(10);
    await say('alerts');
    await say('cause zoho-down');
    expect(scored()).toMatch(/mended +no/);
    await say('fix wait');
    expect(round.isOver()).toBe(false);
    const { points, lines } = round.score();
    expect([points, lines.join('\n')]).toEqual([100, expect.stringMatching(/mended +yes/)]);
  });

  it('sees what the command line mended, and counts consent given anew to who had not lost it', async () => {
    const { say, scored, tick } = await startRound('password-change');
    await tick(12);
    runCommand = () => {
      const granted = giveConsent(stage.zoho, stage.connectionNamed('desk'));
      stage.secretsManager.put('zoho/desk/credentials', JSON.stringify(granted));
      return 0;
    };
    expect(scored()).toMatch(/mended +no/);
    await say('zoho-tokens authorize desk');
    expect(scored()).toMatch(/wrong actions +0[\s\S]*mended +yes/);
    await say('zoho-tokens authorize salesiq');
    expect(scored()).toMatch(/wrong actions +1/);
    runCommand = () => 1;
    await say('zoho-tokens authorize salesiq');
    await say('zoho-tokens status salesiq');
    expect(scored()).toMatch(/wrong actions +1/);
  });

  it('does not start the clock with a test alert that the player sends', async () => {
    const { scored, say, mails, tick, until } = await startRound('rotated-secret');
    await tick();
    await stage.invoke({ test_alert: true });
    await until(() => mails().length === 2);
    expect(await say('read 1')).toContain('TEST');
    expect(await say('read 2')).toContain('invalid_client_secret');
    expect(scored()).toMatch(/time to notice +[0-5] min/);
  });

  it('lets the operator read what the Lambda has lost, and the log lines that say why', async () => {
    const { tick } = await startRound('lost-permission');
    await tick(6);
    const folder = mkdtempSync(join(tmpdir(), 'zoho-drill-test-'));
    const { file, close } = await offerStage(stage, { file: join(folder, 'store.json') });
    const run = async (words: string[]) =>
      (await runInside([...words, '--local'], { variables: { ZOHO_TOKENS_LOCAL_STORE: file } })).stdout;
    expect(await run(['status'])).toMatch(/^desk +(fresh|ending soon) /m);
    expect(await run(['logs', 'desk'])).toMatch(/"code":"secret_store_refused".*AccessDeniedException/);
    await close();
    rmSync(folder, { recursive: true });
  });

  it('helps with an unknown word, and asks for the connection if one is needed', async () => {
    const { say, scored } = await startRound('password-change');
    expect(await say('nonsense')).toContain('try help');
    expect(await say('cause consent-lost')).toContain('for which connection? consent-lost salesiq | desk');
    expect(await say('fix authorize nobody')).toContain('for which connection?');
    expect(await say('runbook invalid_code')).toContain('zoho-tokens authorize');
    expect(await say('runbook zoho/desk/token-life')).toContain('no tick has seen more than a third');
    expect(await say('runbook')).toMatch(/\nheartbeat /);
    expect(scored()).toContain('wrong actions             0');
  });
});
