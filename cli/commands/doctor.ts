import { resolve } from 'node:path';
import { ConnectionsError } from '../../lambda/connections/read-connections.ts';
import { type Context, command, type Outcome, type PlaceOptions } from '../command.ts';
import { askZohoAbout, findSharedWithStored, gatherStored, probeAll, storedExpiry } from '../doctor/ask-zoho.ts';
import { examineEnv } from '../doctor/examine-env.ts';
import { examineStored } from '../doctor/examine-stored.ts';
import { type Finding, inOrder, renderFindings } from '../doctor/finding.ts';
import { readEnvFile } from '../env-file/env-file.ts';
import { UsageError } from '../faults.ts';
import { deploymentFolder, readConnectionsFile, StageNeeded } from '../place/choose-stage.ts';
import { atPlace } from '../place/open-place.ts';
import { openZohoOfEnvironment } from '../place/open-zoho.ts';
import { explainFault } from '../remedies.ts';
import type { Paint } from '../terminal.ts';

export const doctor = command({
  name: 'doctor',
  summary: "Finds what is wrong with an .env of the guide's format, and with what is stored",
  examples: [
    ['doctor .env', 'every mistake with its line and its fix; the file is never changed'],
    ['doctor .env --online', 'also asks Zoho about each token in it (one refresh each)'],
    ['doctor', 'connections.json against what is stored'],
    ['doctor --probe', 'also asks each service about its stored token'],
  ],
  argument: ['[file]', 'an .env in the format of the guide'],
  options: {
    probe: 'ask each service whether it accepts its stored token',
    online: 'also ask Zoho about the tokens in the file',
  },
  run: async ([name], options, context) => {
    const { terminal } = context;
    const file = name === undefined ? undefined : readEnvFile(name, context.workingFolder);
    if (options.online && file === undefined) throw new UsageError('--online is about the tokens of a FILE: name one');
    const seen = await terminal.during('reading what is stored', () => see(options, context, file !== undefined));
    const findings: Finding[] = [];
    if (file !== undefined) {
      const { connections } = seen.connections;
      findings.push(...examineEnv(file, connections, seen.now, storedExpiry(seen.all)));
      findings.push(...findSharedWithStored(file, connections, seen.all));
      if (options.online) {
        const blocked = new Set(findings.flatMap(({ blocks }) => blocks));
        const asked = () => askZohoAbout(file, connections, blocked, seen);
        findings.push(...(await terminal.during('asking Zoho', asked)));
      }
    }
    findings.push(...examineStored(seen.all, seen.connections.secretPrefix, seen.now), ...seen.findings);
    return report(inOrder(findings), options.probe, seen.note, terminal.paint);
  },
});

/** Reads what is stored, and asks about it; a file can be examined without, unless somebody said where to look. */
async function see(options: PlaceOptions & { probe: boolean }, context: Context, hasFile: boolean) {
  try {
    return await atPlace(options, context, async (place) => {
      const { connections, callZoho } = place;
      const { all, unreadable } = await gatherStored(place);
      const probed = options.probe ? await probeAll(place, all) : [];
      const findings: readonly Finding[] = [...unreadable, ...probed];
      return { connections, callZoho, now: place.now(), all, findings, note: undefined };
    });
  } catch (fault) {
    const isAskedFor = options.local || (options.stage ?? options.profile ?? options.region) !== undefined;
    const isWrongUsage =
      fault instanceof ConnectionsError || (fault instanceof UsageError && !(fault instanceof StageNeeded));
    if (!hasFile || isAskedFor || isWrongUsage) throw fault;
    const { connections = 'connections.json' } = options;
    return {
      connections: readConnectionsFile(resolve(deploymentFolder(context.workingFolder), connections)),
      callZoho: openZohoOfEnvironment(context.variables).callZoho,
      ...{ now: new Date(), all: [], findings: [] },
      note: `not compared with what is stored: ${explainFault(fault).error}`,
    };
  }
}

function report(findings: readonly Finding[], isProbed: boolean, note: string | undefined, paint: Paint): Outcome {
  const count = (severity: Finding['severity']) => findings.filter((each) => each.severity === severity).length;
  const [errors, warnings] = [count('error'), count('warning')];
  const counted = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
  const said = [counted(errors, 'error'), ...(warnings > 0 ? [counted(warnings, 'warning')] : [])];
  // What nobody asked is not called healthy.
  if (!isProbed) said.push('services not asked (--probe)');
  const sum = errors === 0 ? paint.good(`✓ ${said.join(', ')}`) : paint.bad(`✗ ${said.join(', ')}`);
  return {
    isFine: errors === 0,
    lines: [...renderFindings(findings, paint), ...(note === undefined ? [] : [paint.dim(note)]), sum],
    json: { errors, warnings, probed: isProbed, findings, note: note ?? null },
  };
}
