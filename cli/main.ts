import process, { argv, cwd, env, stderr, stdin, stdout } from 'node:process';
import { runProgram } from './program.ts';
import { createTerminal } from './terminal.ts';

/** Entry point of `zoho-tokens`, the only file that reads the process and ends it. */
/** What Ctrl-C aborts while a command that must clean up holds it. */
let held: AbortController | undefined;
// A reader that goes away early (`| head`) is not a fault.
stdout.on('error', () => process.exit(0));
// Nor is a terminal that was closed: what must be cleaned up goes on without it.
stderr.on('error', () => undefined);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // What is half done has stored nothing yet; a write to a secret is one request that arrives or does not.
  process.on(signal, () => {
    stderr.write(held === undefined ? 'stopped\n' : 'stopping; what was made is cleaned up first\n');
    if (held === undefined) process.exit(130);
    held.abort();
  });
}

const rawArguments = argv.slice(2);
const code = await runProgram(rawArguments, {
  terminal: createTerminal({ input: stdin, output: stdout, errors: stderr }, env),
  variables: env,
  workingFolder: cwd(),
  wantsJson: rawArguments.includes('--json'),
  holdInterrupts: () => {
    held = new AbortController();
    return {
      signal: held.signal,
      release: () => {
        held = undefined;
      },
    };
  },
});
stdout.write('', () => process.exit(code));
