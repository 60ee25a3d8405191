import type { Publish } from '../aws/publish.ts';
import { writeFirstVersion } from '../aws/secret-versions.ts';
import type { Connection } from '../connections/read-connections.ts';
import { isFaultless, storedTokenOf } from '../stored-token.ts';
import { type AlertLinks, describeIncident } from './alert.ts';
import {
  isHealed,
  isSilenceRecorded,
  type NextStep,
  nextStep,
  type Situation,
  withThrottle,
} from './next-step.ts';
import type { IncidentRecord, Step } from './record.ts';
import {
  expectSuccessor,
  type RecordWriter,
  readRecord,
  type StoredRecord,
  writeRecord,
} from './record-chain.ts';
import { renderAlert } from './render-alert.ts';

/** What telling needs beside the situation. */
export type Teller = RecordWriter & {
  readonly publish: Publish;
  readonly connection: Connection;
  readonly links: AlertLinks;
  readonly tickIntervalMilliseconds: number;
  /** For what went wrong but need not end the run. */
  readonly warn: (message: string) => void;
};

/** What a run told, for its log line. */
export type Told = { readonly alerts: readonly string[] };

/** Enough for a first version, the alert of a crashed run, one of this run, and closing. */
const mostSteps = 5;

/**
 * Tells on-call what is to be told, and remembers it.
 *
 * Each alert is claimed in the record's chain, published, and recorded as sent: of two runs that overlap one claims.
 *
 * @throws Error when an alert could not be claimed or published: then Lambda's error alarm must speak instead.
 */
export async function tell(teller: Teller, stored: StoredRecord, situation: Situation): Promise<Told> {
  const alerts: string[] = [];
  let at = stored;
  let seen = situation;
  for (let count = 0; count < mostSteps; count += 1) {
    const step = nextStep(at.record, seen);
    if (step.do === 'nothing') break;
    if (step.do === 'report pending alert') {
      throw new Error(`the alert "${step.alert}" of ${teller.connection.name} is still not published`);
    }
    // The first version of a secret always becomes AWSCURRENT, so a record must never be the first.
    if (seen.stored.versionId === undefined) {
      const versionId = await writeFirstVersion(teller.versions, teller.tokenSecretId);
      seen = { ...seen, stored: { ...seen.stored, versionId } };
      continue;
    }
    if (step.do === 'tell' && step.alert === 'open' && !step.isTakenOver) {
      const before = at;
      const isHealedAlready = await isHealedMeanwhile(teller, seen).catch(async (fault: unknown) => {
        await writeRecord(teller, before, untold(step));
        throw fault;
      });
      if (isHealedAlready) break;
    }
    const written =
      step.do === 'write' ? await writeRecord(teller, at, step.record) : await alert(teller, at, step, seen);
    if (written === 'taken') {
      await expectSuccessor(teller, at);
      break;
    }
    if (step.do === 'tell') alerts.push(step.alert);
    if (written === 'not recorded') break;
    at = written;
  }
  if (!isSilenceRecorded(at.record, seen)) await recordSilence(teller, seen);
  return { alerts };
}

/**
 * Records that Zoho asks for silence where another run has the word: over its claim, too, for the next tick must know.
 */
async function recordSilence(teller: Teller, situation: Situation): Promise<void> {
  for (let tries = 0; tries < mostSteps; tries += 1) {
    const at = await readRecord(teller.versions, teller.tokenSecretId);
    if (isSilenceRecorded(at.record, situation)) return;
    if ((await writeRecord(teller, at, withThrottle(at.record, situation))) !== 'taken') return;
  }
  teller.warn('a throttle answer could not be recorded: other runs wrote each time');
}

/** Another run may have stored a good token since this one looked. */
async function isHealedMeanwhile(
  { versions, tokenSecretId }: Teller,
  { stored, now }: Situation,
): Promise<boolean> {
  const version = await versions.get(tokenSecretId, 'AWSCURRENT');
  if (version === undefined || version.versionId === stored.versionId) return false;
  return isFaultless(storedTokenOf(version), now);
}

/** What an incident is before anybody was told of it: Zoho's wish for silence must not be lost with the alert. */
function untold({ claimed, incident }: NextStep & { do: 'tell' }): IncidentRecord {
  const told = {
    openedAt: undefined,
    toldKind: undefined,
    toldLine: 'enough',
    toldLineOf: undefined,
  } as const;
  return { ...claimed, state: 'failing', step: undefined, incident: { ...incident, ...told } };
}

async function alert(
  teller: Teller,
  at: StoredRecord,
  step: NextStep & { do: 'tell' },
  situation: Situation,
): Promise<StoredRecord | 'taken' | 'not recorded'> {
  const claimed = await writeRecord(teller, at, step.claimed);
  if (claimed === 'taken') return 'taken';
  const { connection, links, tickIntervalMilliseconds } = teller;
  const facts = { ...situation, isHealed: isHealed(at.record, situation), tickIntervalMilliseconds };
  await teller.publish(renderAlert(describeIncident(connection, step.alert, step.incident, facts, links)));
  try {
    return await recordSent(teller, claimed, step.sent);
  } catch (fault) {
    // On-call has heard; the next run finds the claim and may tell again, which is better than not at all.
    teller.warn(`the alert was published but not recorded as sent: ${(fault as Error).message}`);
    return 'not recorded';
  }
}

/** Records an alert as sent, also where a run that heard Zoho ask for silence has written that over its claim. */
async function recordSent(
  teller: Teller,
  claimed: StoredRecord,
  sent: IncidentRecord,
): Promise<StoredRecord | 'not recorded'> {
  let at = claimed;
  for (let tries = 0; tries < mostSteps; tries += 1) {
    const written = await writeRecord(teller, at, { ...sent, throttle: at.record.throttle });
    if (written !== 'taken') return written;
    at = await readRecord(teller.versions, teller.tokenSecretId);
    if (!isSameClaim(at.record.step, claimed.record.step)) break;
  }
  return 'not recorded';
}

function isSameClaim(step: Step | undefined, own: Step | undefined): boolean {
  return (
    step?.status === 'claimed' &&
    step.alert === own?.alert &&
    step.claims === own.claims &&
    step.at.getTime() === own.at.getTime()
  );
}
