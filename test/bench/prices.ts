/** List prices in US dollars, us-east-1. @see {@link https://aws.amazon.com/pricing/ | AWS pricing} */
export const price = {
  /** A month. */
  secret: 0.4,
  secretsManagerCall: 0.05 / 10_000,
  /** A month; each name with each value of its dimension. */
  metric: 0.3,
  /** A month. */
  alarm: 0.1,
  logGigabyte: 0.5,
  /** arm64. */
  gigabyteSecond: 0.000_013_333_4,
  lambdaRequest: 0.2 / 1e6,
  schedulerInvocation: 1 / 1e6,
} as const;

/** What AWS gives for nothing, each month and to each account: other stacks of the account share it. */
export const freeEachMonth = {
  metrics: 10,
  alarms: 10,
  logGigabytes: 5,
  gigabyteSeconds: 400_000,
  lambdaRequests: 1e6,
  schedulerInvocations: 14e6,
} as const;
