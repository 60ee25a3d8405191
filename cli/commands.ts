import { authorize } from './commands/authorize.ts';
import { check } from './commands/check.ts';
import { doctor } from './commands/doctor.ts';
import { env } from './commands/env.ts';
import { importEnv } from './commands/import.ts';
import { init } from './commands/init.ts';
import { logs } from './commands/logs.ts';
import { refresh } from './commands/refresh.ts';
import { runbook } from './commands/runbook.ts';
import { status } from './commands/status.ts';
import { testAlert } from './commands/test-alert.ts';
import { verify } from './commands/verify.ts';

/** In the order in which a newcomer needs them. */
const once = [init, doctor, importEnv, authorize, check];
const dayByDay = [status, refresh, logs, runbook, env, testAlert, verify];

export const commands = [...once, ...dayByDay];
