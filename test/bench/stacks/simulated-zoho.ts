import type { CallZoho } from '../../../lambda/zoho/call-zoho.ts';
import { madeUpToken } from '../../../local/zoho/made-up.ts';
import { Throttle } from '../../../local/zoho/throttle.ts';
import type { VirtualWait } from './virtual-wait.ts';

const latencyMilliseconds = 300;

/** Zoho in virtual time: issues tokens under its limit of token requests, and accepts every one at its service. */
export class SimulatedZoho {
  throttled = 0;
  requests = 0;
  readonly call: CallZoho;

  constructor(time: VirtualWait) {
    const throttle = new Throttle();
    this.call = async ({ host, body, path }) => {
      await time.wait(latencyMilliseconds);
      this.requests += 1;
      if (!host.startsWith('accounts.')) return { status: 200, body: '{"data":[]}' };
      const parameters = new URLSearchParams(body);
      const refreshToken = parameters.get('refresh_token') ?? '';
      if (path !== '/oauth/v2/token') throw new Error('a call that the refresher never makes');
      if (!throttle.admit(refreshToken, time.now())) {
        this.throttled += 1;
        return {
          status: 400,
          body: '{"error":"Access Denied","error_description":"...","status":"failure"}',
        };
      }
      const prefix = refreshToken.slice(0, 5);
      return { status: 200, body: JSON.stringify({ access_token: madeUpToken(prefix), expires_in: 3600 }) };
    };
  }
}
