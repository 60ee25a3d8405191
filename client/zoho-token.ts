/** What of a token secret an app needs, as it is read. */
type TokenFields = Pick<
  ZohoToken,
  'connection' | 'service' | 'accessToken' | 'issuedAt' | 'expiresAt' | 'baseUrl' | 'settings'
>;

/**
 * A token to call Zoho with.
 *
 * It can be printed, logged and turned into JSON without harm: the token itself appears only where it is asked for by
 * name, as `accessToken` or `headers`.
 */
export class ZohoToken {
  /** Name of the connection, e.g. `desk`. */
  readonly connection: string;
  /** `salesiq` or `desk`. */
  readonly service: string;
  /** When Zoho was asked for it. */
  readonly issuedAt: Date;
  /** When Zoho stops accepting it. */
  readonly expiresAt: Date;
  /** The service's own host, e.g. `https://desk.zoho.in`; paths such as `/api/v1/calls` follow. */
  readonly baseUrl: string;
  /** The connection's settings from `connections.json`, e.g. `org_id`, `department_id`, `screen_name`, `app_id`. */
  readonly settings: Readonly<Record<string, string>>;
  readonly #accessToken: string;

  constructor({ accessToken, ...fields }: TokenFields) {
    this.#accessToken = accessToken;
    this.connection = fields.connection;
    this.service = fields.service;
    this.issuedAt = fields.issuedAt;
    this.expiresAt = fields.expiresAt;
    this.baseUrl = fields.baseUrl;
    this.settings = fields.settings;
  }

  /** The access token itself. */
  get accessToken(): string {
    return this.#accessToken;
  }

  /** The headers that every call needs: `Authorization`, and `orgId` for Desk. A fresh object each time. */
  get headers(): Record<string, string> {
    const { org_id: orgId } = this.settings;
    return {
      Authorization: `Zoho-oauthtoken ${this.#accessToken}`,
      ...(this.service === 'desk' && orgId !== undefined ? { orgId } : {}),
    };
  }

  toString(): string {
    return `[Zoho token of ${this.connection}]`;
  }

  toJSON(): Record<string, unknown> {
    const { connection, service, issuedAt, expiresAt, baseUrl, settings } = this;
    return { connection, service, accessToken: '[secret]', issuedAt, expiresAt, baseUrl, settings };
  }

  [Symbol.for('nodejs.util.inspect.custom')](): unknown {
    return this.toJSON();
  }
}
