import { command } from '../command.ts';
import { UsageError } from '../faults.ts';
import { atPlace } from '../place/open-place.ts';

export const verify = command({
  name: 'verify',
  summary: 'Compares what this project assumes of AWS and Zoho with what they really do, line by line',
  examples: [
    ['verify', 'reads alone, and two token requests'],
    ['verify --live --save verify.txt', 'also tries labels, races and alarms, and cleans up'],
    ['verify --live --dead-man', 'also stops the schedule until the heartbeat alarm speaks'],
    ['verify --app-role desk=orders-app', "also what an app's role may read"],
  ],
  argument: ['[connection...]', 'only these connections'],
  options: {
    live: 'also try in earnest what cannot be read; says what it will do, and asks',
    'dead-man': 'with --live: disable the schedule until the heartbeat alarm speaks, 13 to 25 minutes',
    'app-role <connection,...=role>':
      'name or ARN of a role, with the connections whose tokens it needs; several with a space',
    'save <file>': 'write a transcript without secrets, ids and names; replaces nothing but one',
    yes: 'do not ask before --live',
  },
  run: async (words, options, context) => {
    if (options['dead-man'] && !options.live) throw new UsageError('--dead-man belongs to --live');
    if (options.live && options.local) throw new UsageError('--live is about an AWS account and --local is not');
    return atPlace(options, context, async (place) => {
      // Loaded when it is needed: no other command asks ten services of AWS.
      const { runVerify } = await import('../verify/run-verify.ts');
      return runVerify(place, words, options, context);
    });
  },
});
