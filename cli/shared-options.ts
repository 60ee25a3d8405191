import type { OptionDescriptions } from './usage/option.ts';

/** Options of every command: where to work, and how the result is printed. */
export const sharedOptions = {
  json: { type: 'boolean', description: 'print the result, or the error, as JSON on standard output' },
  local: { type: 'boolean', description: 'work on the local store of a running npm start' },
  stage: {
    type: 'string',
    valueHint: 'name',
    description: 'stage of deployment.json; needed if it has several',
  },
  profile: {
    type: 'string',
    valueHint: 'name',
    description: 'AWS profile, as in ~/.aws/config, instead of that of the stage',
  },
  region: { type: 'string', valueHint: 'name', description: 'AWS Region, if the stage names none' },
  function: {
    type: 'string',
    valueHint: 'name',
    description: "the Lambda function, as in the stack's output FunctionName (or ZOHO_TOKENS_FUNCTION)",
  },
  connections: {
    type: 'string',
    valueHint: 'file',
    description: 'a file to read instead of connections.json of the working folder',
  },
  'secret-prefix': {
    type: 'string',
    valueHint: 'name',
    description: 'first part of the names of the secrets, for a stack that no deployment.json describes',
  },
} as const satisfies OptionDescriptions;
