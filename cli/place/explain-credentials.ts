import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Variables } from '../command.ts';
import { quoteWord, Refusal } from '../faults.ts';

/** Why no credentials were found, with the profile's name if it is one that does not exist. */
export function explainCredentials(fault: unknown, profile: string | undefined, variables: Variables): Refusal {
  const wanted = profile ?? variables.AWS_PROFILE;
  const known = knownProfiles(variables);
  if (wanted !== undefined && !known.includes(wanted)) {
    const names = known.length === 0 ? 'none' : known.map(quoteWord).join(', ');
    const problem = `the AWS profile ${quoteWord(wanted)} does not exist; profiles of this machine: ${names}`;
    return new Refusal(problem, 'give another with --profile, or make it with `aws configure sso`', 'no_credentials');
  }
  return new Refusal(
    `no AWS credentials are found (${fault instanceof Error ? fault.name : 'unknown fault'})`,
    'give --profile, sign in with `aws sso login`, or use --local for the store of npm start',
    'no_credentials',
  );
}

function knownProfiles(variables: Variables): string[] {
  const folder = join(variables.HOME ?? homedir(), '.aws');
  const files = [
    variables.AWS_CONFIG_FILE ?? join(folder, 'config'),
    variables.AWS_SHARED_CREDENTIALS_FILE ?? join(folder, 'credentials'),
  ];
  const heads = files.flatMap((file) => {
    try {
      return [...readFileSync(file, 'utf8').matchAll(/^\s*\[(?:profile\s+)?([^\]]+)\]/gm)];
    } catch {
      return [];
    }
  });
  const names = heads.map(([, name = '']) => name.trim().replace(/^(["'])(.*)\1$/, '$2'));
  return [...new Set(names)].filter((name) => !/^(sso-session|services) /.test(name));
}
