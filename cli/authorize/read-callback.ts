import { accountsHost, type DataCenter, dataCenters } from '../../lambda/connections/data-centers.ts';
import { SecretText } from '../../lambda/secret-text.ts';
import { quoteWord, Refusal } from '../faults.ts';

/**
 * Reads the answer that the consent page sends through the browser.
 *
 * @param query - Query of the callback address; its state is known to be right.
 * @param dataCenter - Of connections.json.
 * @returns The code, good for one exchange at that data centre's accounts server.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2 | RFC 6749 §4.1.2}
 * @see {@link https://www.zoho.com/accounts/protocol/oauth/multi-dc.html | Zoho: location and accounts-server}
 */
export function readCallback(query: URLSearchParams, dataCenter: DataCenter): SecretText {
  const error = query.get('error');
  if (error === 'access_denied')
    throw new Refusal('consent was declined on the page', 'run the command again and accept, or let an admin do it');
  if (error === 'no_org') {
    const problem = 'this Zoho user belongs to no organisation of a product that is asked for: no_org';
    const fix =
      'consent as a user who has an account in that product (for Desk, an agent of the organisation in connections.json)';
    throw new Refusal(problem, fix, 'no_org');
  }
  if (error !== null) throw new Refusal(`Zoho refused the consent: ${quoteWord(error)}`);
  refuseOtherDataCenter(query, dataCenter);
  const code = query.get('code') ?? '';
  if (code === '') throw new Refusal('the answer in the browser has no code', 'run the command again');
  return new SecretText(code);
}

/** A code is exchanged where it was issued, and a token works only there: it must be where the refresher will ask. */
function refuseOtherDataCenter(query: URLSearchParams, expected: DataCenter): void {
  const location = query.get('location');
  const server = query.get('accounts-server');
  const named = server === null ? location : dataCenterOf(server);
  if (named === undefined)
    throw new Refusal('the answer names an accounts server that does not belong to Zoho', 'run the command again');
  // Both must agree with connections.json; each may be missing.
  const foreign = [named, location].find((found) => (found ?? expected) !== expected);
  if (!foreign) return;
  throw new Refusal(
    `this account is in data centre ${quoteWord(foreign)}, but connections.json says "${expected}"`,
    'sign in with an account of that data centre, or change data_center in connections.json and deploy it',
  );
}

function dataCenterOf(server: string): DataCenter | undefined {
  const url = URL.parse(server);
  if (url?.protocol !== 'https:') return undefined;
  return dataCenters.find((dataCenter) => accountsHost(dataCenter) === url.host);
}
