/** How much life the stored tokens are to have, and whether Zoho will give new ones. */
export type Scene = {
  /**
   * `fresh`: nothing is due; `half`: every token is due; `last due`: the last connection's alone; `none`: the secrets
   * have no version yet.
   */
  readonly tokens: 'fresh' | 'half' | 'last due' | 'none';
  /** `last revoked`: Zoho refuses the last connection's refresh token; `revoked`: every one. */
  readonly consent: 'given' | 'revoked' | 'last revoked';
  /** Injected before every answer from then on, in milliseconds. */
  readonly zohoLatency: number;
  readonly awsLatency: number;
};

/** What the stand-ins saw since the scene was set. */
export type Seen = {
  /** Calls at Secrets Manager by operation and outcome, e.g. `PutSecretValue ok`. */
  readonly secretsManager: Readonly<Record<string, number>>;
  readonly sns: number;
  readonly tokenRequests: number;
  readonly probes: number;
};

/** How the stand-ins are started. */
export type StandInsOptions = {
  readonly connectionsText: string;
  /** Secrets Manager's quota of writes; without it there is none. */
  readonly writesPerSecond?: number;
};

/** What the benchmark asks of the stand-ins' process. */
export type Request = { readonly set: Scene } | { readonly tell: 'seen' };

/** Environment variables that point a handler to the stand-ins. */
export type Variables = Readonly<Record<string, string>>;
