import type { Publish } from '../aws/publish.ts';
import { type SecretVersions, successorOf, writeFirstVersion } from '../aws/secret-versions.ts';
import type { Connection } from '../connections/read-connections.ts';
import { isFaultless, storedTokenOf } from '../stored-token.ts';
import { type AlertLinks, describeIncident } from './alert.ts';
import { isHealed, type NextStep, nextStep, type Situation } from './next-step.ts';
import { type IncidentRecord, noRecord, parseRecord, renderRecord } from './record.ts';
import { renderAlert } from './render-alert.ts';

/** The staging label of the record. */
export const incidentLabel = 'INCIDENT';

/** A record with the VersionId that its successor must name. */
export type StoredRecord = { readonly versionId: string | undefined; readonly record: IncidentRecord };

/** Reads the record of a connection; a value that is none counts as "nothing ever failed". */
export async function readRecord(versions: SecretVersions, secretId: string): Promise<StoredRecord> {
  const version = await versions.get(secretId, incidentLabel);
  const record = version === undefined ? undefined : parseRecord(version.text);
  return { versionId: version?.versionId, record: record ?? noRecord };
}

/** What telling needs beside the situation. */
export type Teller = {
  readonly versions: SecretVersions;
  readonly publish: Publish;
  readonly connection: Connection;
  readonly tokenSecretId: string;
  readonly nonce: string;
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
  return { alerts };
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
    const sent = await writeRecord(teller, claimed, step.sent);
    return sent === 'taken' ? 'not recorded' : sent;
  } catch (fault) {
    // On-call has heard; the next run finds the claim and may tell again, which is better than not at all.
    teller.warn(`the alert was published but not recorded as sent: ${(fault as Error).message}`);
    return 'not recorded';
  }
}

/**
 * Makes sure that a place which was taken belongs to another run, and not to a chain that somebody cut.
 *
 * @throws Error where the label INCIDENT still names the predecessor: it was moved by hand, and no alert could ever be
 *   claimed again.
 */
async function expectSuccessor({ versions, tokenSecretId }: Teller, after: StoredRecord): Promise<void> {
  const current = await versions.get(tokenSecretId, incidentLabel);
  if (current?.versionId !== after.versionId) return;
  const successor = successorOf(tokenSecretId, incidentLabel, after.versionId);
  throw new Error(
    `the label ${incidentLabel} of ${tokenSecretId} has not moved on to its successor; if this lasts, somebody moved it by hand: move it back to version ${successor}`,
  );
}

/**
 * Writes the successor of a record.
 *
 * @returns `taken` where another run has already written one: it has the word, this run looks again next tick.
 */
export async function writeRecord(
  { versions, tokenSecretId, nonce }: Pick<Teller, 'versions' | 'tokenSecretId' | 'nonce'>,
  after: StoredRecord,
  record: IncidentRecord,
): Promise<StoredRecord | 'taken'> {
  const versionId = successorOf(tokenSecretId, incidentLabel, after.versionId);
  const text = renderRecord(record, nonce);
  const outcome = await versions.put({
    secretId: tokenSecretId,
    clientRequestToken: versionId,
    text,
    label: incidentLabel,
  });
  return outcome === 'written' ? { versionId, record } : 'taken';
}
