import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { quotePath, Refusal } from '../faults.ts';

/**
 * Writes a file that nobody but its owner can read: it is private from its first byte on.
 *
 * @param mayReplace - Whether a file that is there already may be replaced; that happens in one step.
 * @throws {@link Refusal} where it may not, or the folder cannot be written.
 */
export function writePrivateFile(path: string, text: string, mayReplace: boolean): void {
  const draft = mayReplace ? `${path}.${randomBytes(6).toString('hex')}` : path;
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
    if (mayReplace) renameSync(draft, path);
  } catch (fault) {
    const { code } = fault as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      throw new Refusal(
        `${quotePath(path)} exists already`,
        'name another with --out, or say --force to replace it',
      );
    }
    // Half a file would pass for a whole one.
    rmSync(draft, { force: true });
    throw new Refusal(`cannot write ${quotePath(path)}: ${code}`);
  }
}
