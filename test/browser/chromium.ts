import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Chromium and its kin are installed. */
const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const executablePath = places.find((place) => existsSync(place));

/**
 * Starts headless Chromium with a fresh profile and without any traffic of its own; nothing but this machine can be reached.
 *
 * @throws Error that says how to get it, if it is missing.
 */
export async function startChromium(): Promise<Browser> {
  if (executablePath === undefined)
    throw new Error(`expected Chromium at ${places.join(' or ')}; on Debian: apt-get install chromium`);
  return chromium.launch({
    executablePath,
    args: ['--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'],
  });
}
