/** Every number of the reader, with its unit and its reason. */

const second = 1_000;
const minute = 60 * second;

/**
 * A token that was read is handed out without looking again for one to two minutes, drawn anew each time.
 *
 * The refresher replaces a token when 40 of its 60 minutes are left, so two minutes are never too long; the draw keeps
 * a fleet that started together from reading together. 960 reads a day on average.
 */
export const shortestCacheMilliseconds = minute;
export const longestCacheMilliseconds = 2 * minute;

/** A token this close to its end is not handed out: the call still has to travel, and clocks differ. */
export const expiryMarginMilliseconds = 30 * second;

/** No Zoho access token lives longer; a document that claims more was not written by the refresher. */
export const longestLifetimeMilliseconds = 24 * 60 * minute;

/** Pauses between reads that brought nothing usable, then the longest ever after. Each is shortened by up to a half at random. */
export const retryPausesMilliseconds = [1 * second, 2 * second, 4 * second, 8 * second, 16 * second] as const;
export const longestRetryPauseMilliseconds = 30 * second;

/** For one read of the secret, credentials and the SDK's own retries included: a cold start needs its time. */
export const readTimeoutMilliseconds = 5 * second;

/** For the refresher's answer to one request for a refresh: it waits up to ten seconds for Zoho. */
export const refreshTimeoutMilliseconds = 20 * second;

/** Looks at the secret while another run of the refresher is at Zoho; shortened at random like the retry pauses. */
export const healingPausesMilliseconds = [1 * second, 2 * second, 4 * second] as const;

/** How long the refresher's word that a refused token lives is believed: it probes a token once in two minutes. */
export const verdictMilliseconds = 2 * minute;

/**
 * How long a refused token is held back when no other came of it, then as long as a verdict; then it is served again,
 * and refused again if it is dead. The first pause is short, since a single 401 is often no fault of the token.
 */
export const refusalPausesMilliseconds = [10 * second, 30 * second, minute] as const;

/** How many refused tokens are remembered; a connection has about three in an hour. */
export const rememberedTokens = 20;

/** More of an answer is not looked at for an error code of Zoho: its error bodies have about 100 bytes. */
export const longestErrorBodyBytes = 2_048;

/** Where the AWS Parameters and Secrets Lambda Extension listens unless its port is configured. */
export const defaultExtensionPort = 2773;
