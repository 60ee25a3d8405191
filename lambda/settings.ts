/** Every number of the refresher, with its unit and its reason. The stack computes its alarms from the same ones. */

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Time between two ticks. No option: margins, waits and alarms depend on it. */
export const defaultTickIntervalMilliseconds = 5 * minute;

/** How often the stored token is probed: often enough to catch a revoked token, rarely enough to spare the API limits. */
export const defaultProbeIntervalMilliseconds = 15 * minute;

/** The Lambda's own time-out. A claim older than this belongs to a run that is dead. */
export const functionTimeoutMilliseconds = 60 * second;

/** A run ends this long before the Lambda would be cut off, so that its log lines and metrics get out. */
export const exitMarginMilliseconds = 2.5 * second;

/** Kept free behind Zoho's answer for storing the token and telling: two or three calls at AWS. */
export const storeAndTellMilliseconds = 12 * second;

/** A write that Secrets Manager throttles is tried this often again, each time after a random wait of at most so long. */
export const throttledWriteRetries = 16;
export const throttledWritePauseMilliseconds = 5 * second;
/** A run must end with a judged failure, not with its time: writing is given up after this long. */
export const throttledWritePatienceMilliseconds = 30 * second;

/** Fractions of the token's own lifetime, so that they hold for short-lived tokens too. */
export const refreshAtLifeLeft = 2 / 3;
export const warnAtLifeLeft = 1 / 3;
export const criticalAtLifeLeft = 1 / 6;

/** Zoho documents 3600 s; an answer without a lifetime counts as that. */
export const defaultLifetimeSeconds = 3_600;
/** A shorter life leaves no room for a failure to be noticed, a longer one is not a Zoho access token's. */
export const shortestLifetimeSeconds = 600;
export const longestLifetimeSeconds = 86_400;
/** `expires_in` from here on is milliseconds, as some clients get it; between a day and this it is not a lifetime. */
export const shortestMillisecondsOfExpiresIn = 1_800_000;

/** For one whole answer of Zoho, body included. */
export const zohoAnswerTimeoutMilliseconds = 10 * second;
/** What holds for every connection to Zoho, as options of undici's Agent. */
export const zohoConnections = {
  // Fewer ways to fail: nothing here needs several requests on one connection.
  allowH2: false,
  // Each call has a connection of its own: a request that is lost on a reused one may have issued a token.
  pipelining: 0,
  // Each of the 50 that a stack may hold makes one call at a time, so that none ever waits behind another that hangs.
  connections: 50,
  connect: { timeout: 5 * second },
  headersTimeout: zohoAnswerTimeoutMilliseconds,
  bodyTimeout: zohoAnswerTimeoutMilliseconds,
  // A token answer has about 300 bytes, a probe's a few thousand; more is not read.
  maxResponseSize: 512 * 1024,
};

/** For one call with all its attempts and the body of its answer, which the SDK's own time-out does not watch. */
export const awsCallTimeoutMilliseconds = 10 * second;
/** What holds for every connection to AWS, and for one attempt of one call; the SDK makes up to three attempts. */
export const awsConnections = {
  // HTTP/1.1 is what the SDK's own handler speaks to these services.
  allowH2: false,
  // To one service at one moment, as is the SDK's default; further calls wait for a free one.
  connections: 50,
  connect: { timeout: 1 * second },
  headersTimeout: 3 * second,
  bodyTimeout: 3 * second,
  // A secret has 64 KiB at most, and JSON may need six bytes for one of them.
  maxResponseSize: 512 * 1024,
};

/** EventBridge's `rate()` is precise to about a minute: slots are compared with this much of it forgiven. */
export const tickPrecisionMilliseconds = 60 * second;

/** Waits after a failure that an operator must end: soon enough to notice a fix, rare enough to spare Zoho's limits. */
export const operatorWaitsMilliseconds = [10 * minute, 10 * minute, 10 * minute, 30 * minute] as const;
/** Waits after a throttle answer: they grow, so that a block that wants an hour of silence ends by itself. */
export const throttleWaitsMilliseconds = [15 * minute, 15 * minute, 30 * minute, 60 * minute] as const;

/** A silence of Zoho's that ended this long ago is forgotten. */
export const silenceKeptMilliseconds = 24 * hour;

/** A scheduled time this far from the clock is not a slot of this schedule: Lambda drops ticks that are 5 minutes old. */
export const farthestSlotMilliseconds = 15 * minute;

/** An unpublished alert is taken over on the next tick, then this often. */
export const publishRetryMilliseconds = 30 * minute;
/** An open incident is repeated this often. */
export const reminderMilliseconds = 6 * hour;

/** Requests that one connection may cause by on-demand calls in {@link onDemandWindowMilliseconds}: three ticks use the rest of five. */
export const onDemandRequestsPerWindow = 2;
export const onDemandWindowMilliseconds = 10 * minute;
/** A token younger than this is not refreshed on demand. */
export const youngTokenMilliseconds = 2 * minute;
/** Without a probe that proves an app right, its calls may ask Zoho once in {@link onDemandWindowMilliseconds}. */
export const onDemandRequestsUnproven = 1;
/** A token issued just now that the service rejects is probed once more after this long: the news may travel. */
export const secondProbeMilliseconds = 2 * second;
/** An app's call probes the stored token at most this often per execution environment. */
export const unauthorizedProbeMilliseconds = 2 * minute;
/** A test alert is sent at most this often per execution environment. */
export const testAlertMilliseconds = 10 * minute;
