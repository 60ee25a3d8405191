import { spawn } from 'node:child_process';
import { platform } from 'node:process';

const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/**
 * Opens an address in the person's browser, if there is one: the address is printed in any case.
 *
 * @param url - Shows in the list of processes, so nothing secret may be in it.
 */
export function openBrowser(url: string): void {
  const [program, ...first] = openers[platform] ?? ['xdg-open'];
  const child = spawn(program, [...first, url], { stdio: 'ignore', detached: true });
  child.once('error', () => undefined);
  child.unref();
}
