import type { OptionDescriptions } from './usage/option.ts';

/** Options of every command: where to work, and how the result is printed. */
export const sharedOptions = {
  json: { type: 'boolean', description: 'print the result, or the error, as JSON on standard output' },
  local: { type: 'boolean', description: 'work on the local store of a running npm start' },
  profile: { type: 'string', valueHint: 'name', description: 'AWS profile, as in ~/.aws/config' },
  region: { type: 'string', valueHint: 'name', description: 'AWS Region' },
  function: {
    type: 'string',
    valueHint: 'name',
    description: "the Lambda function, as in the stack's output FunctionName (or ZOHO_TOKENS_FUNCTION)",
  },
  connections: {
    type: 'string',
    valueHint: 'file',
    description: 'read instead of connections.json of the working folder (in a clone: else of the clone)',
  },
  'secret-prefix': {
    type: 'string',
    valueHint: 'name',
    description:
      'first part of the names of the secrets, where the stack was told another than connections.json',
  },
} as const satisfies OptionDescriptions;
