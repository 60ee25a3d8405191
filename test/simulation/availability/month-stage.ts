import { allows, equivalents } from '../../../local/zoho/known-scopes.ts';
import { Throttle } from '../../../local/zoho/throttle.ts';
import { connectionsText } from '../scripts/connections-text.ts';
import { requestByHand } from '../world/ask-by-hand.ts';
import { VirtualTime } from '../world/virtual-time.ts';
import { SimulatedWorld } from '../world/world.ts';
import type { Outage } from './outages.ts';

export const minute = 60_000;
export const tickInterval = 5 * minute;
export const start = Date.parse('2026-03-01T00:00:00Z');
/** The one connection of the month. */
export const connection = 'desk';
/**
 * How Zoho's throttle is played: the minutes of silence that end a block, which nobody knows for sure, or `mild`, as Zoho's
 * page can be read.
 */
export type ThrottleReading = number | 'mild';
/** What Zoho's page says, taken strictly: the shortest block that anybody reports. */
export const shortestSilence = 10;

/** Zoho's page read kindly: ten requests go through in any ten minutes, and a refused one is forgotten. */
class MildThrottle extends Throttle {
  #admitted: number[] = [];
  override admit(_key: string, at: number): boolean {
    this.#admitted = this.#admitted.filter((time) => at - time < 10 * minute);
    if (this.#admitted.length >= 10) return false;
    this.#admitted.push(at);
    return true;
  }
}

/** A clock and a world in which the month's outages happen when they should. */
export class MonthStage {
  readonly time = new VirtualTime(start);
  readonly world: SimulatedWorld;
  readonly requests: number[] = [];
  readonly #pending: Outage[];
  readonly #fixes: number[] = [];
  readonly #silence: number;
  #silentUntil = 0;

  constructor(outages: readonly Outage[], reading: ThrottleReading) {
    this.world = new SimulatedWorld(this.time, connectionsText([connection]), (fact) => {
      if (fact.kind === 'token request' && fact.run !== undefined) this.requests.push(this.time.now);
    });
    this.#silence = (reading === 'mild' ? shortestSilence : reading) * minute;
    this.world.zoho.throttle = reading === 'mild' ? new MildThrottle() : new Throttle(this.#silence);
    this.#pending = [...outages];
    this.#consent();
  }

  /** Lets happen what is due by now. */
  carryOutOutages(current: () => string | undefined): void {
    const now = this.time.now - start;
    for (let next = this.#pending[0]; next !== undefined && next.from <= now; next = this.#pending[0]) {
      this.#pending.shift();
      this.#begin(next, current());
    }
    if (this.#fixes[0] !== undefined && this.#fixes[0] <= now) {
      this.#fixes.shift();
      this.#consent();
    }
  }

  /** Whether a token does all that the configuration asks for. */
  isGood(token: string | undefined): boolean {
    const known = this.world.zoho.registry.liveToken(token ?? '', this.time.now);
    const [configured] = this.world.connections.connections;
    if (token === undefined || known === undefined || configured === undefined) return false;
    return (
      configured.tokenPrefixes.some((prefix) => token.startsWith(prefix)) &&
      configured.requiredScopes.every((scope) => allows(known.scopes, equivalents(scope)))
    );
  }

  /** Whether Zoho would give a good token to somebody who asks now and never asked too often himself. */
  wouldGive(): boolean {
    const now = this.time.now;
    const fault = this.world.disturbances.faultOf('token', connection, now, () => 0);
    const { refresh_token: refreshToken = '' } = this.world.credentials(connection);
    if (now < this.#silentUntil) return false;
    return fault === undefined && this.world.zoho.registry.grant(refreshToken)?.isRevoked === false;
  }

  #begin(outage: Outage, token: string | undefined): void {
    const { registry } = this.world.zoho;
    switch (outage.kind) {
      case 'fault':
        this.world.disturbances.open({
          place: outage.place,
          fault: outage.fault,
          from: start + outage.from,
          to: start + outage.to,
          connection: undefined,
          share: 1,
        });
        return;
      case 'access token killed':
        if (registry.token(token ?? '') !== undefined) this.world.levers.killAccessToken(token ?? '');
        return;
      case 'grant revoked':
        this.world.levers.revoke(this.world.credentials(connection).refresh_token ?? '');
        this.#fixes.push(outage.to);
        return;
      case 'others ask':
        for (let count = 0; count < outage.times; count += 1) requestByHand(this.world, connection);
        this.#silentUntil = this.time.now + this.#silence;
        return;
    }
  }

  #consent(): void {
    const [configured] = this.world.connections.connections;
    if (configured === undefined) return;
    const { requiredScopes, optionalScopes, dataCenter, service } = configured;
    const scopes = [...requiredScopes, ...optionalScopes];
    const credentials = this.world.levers.plant({ dataCenter, service, prefix: '1005.', scopes });
    this.world.put(connection, 'credentials', JSON.stringify(credentials));
  }
}
