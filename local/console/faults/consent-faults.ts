import type { FaultEntry, FaultGroup } from './entry.ts';

/** The first try to get a new token is at 40 minutes left. */
const told = 'Told as soon as the token is due; critical at 10 minutes left, and again when it ends';

/** What only an operator can end: grants, clients and credentials. */
export const consentFaults: FaultGroup = {
  title: 'Consent and credentials',
  entries: [
    {
      id: 'connection/revoke',
      title: 'Revoke the refresh token',
      expect:
        'The access token dies with it: the next probe finds that within 15 minutes, and on-call hears of invalid_code at once.',
      how: { at: 'connection', deed: 'revoke' },
      leadsTo: 'invalid_code',
    },
    {
      id: 'connection/rotate-secret',
      title: 'Rotate the client secret',
      expect: `${told}: invalid_client_secret. Apps feel nothing until then.`,
      how: { at: 'connection', deed: 'rotate secret' },
      leadsTo: 'invalid_client_secret',
    },
    {
      id: 'connection/delete-client',
      title: 'Delete the OAuth client',
      expect:
        'All its tokens die: the next probe finds that within 15 minutes, and on-call hears of invalid_client at once.',
      how: { at: 'connection', deed: 'delete client' },
      leadsTo: 'invalid_client',
    },
    {
      id: 'connection/kill-tokens',
      title: 'Kill the live access token',
      expect:
        'Apps get refusals until the next probe, at most 15 minutes later; it asks for a new token, and nobody is woken.',
      how: { at: 'connection', deed: 'kill tokens' },
      leadsTo: 'healed',
    },
    {
      id: 'connection/spoil-credentials',
      title: 'Overwrite the credentials with text',
      expect: `${told}: credentials_missing.`,
      how: { at: 'connection', deed: 'spoil credentials' },
      leadsTo: 'credentials_missing',
    },
    {
      id: 'connection/remove-credentials',
      title: 'Delete the credentials secret',
      expect: `${told}: credentials_missing.`,
      how: { at: 'connection', deed: 'remove credentials' },
      leadsTo: 'credentials_missing',
    },
    refusal('invalid_client', 'Zoho: unknown client', 'invalid_client'),
    refusal('invalid_client_secret', 'Zoho: wrong client secret', 'invalid_client_secret'),
    refusal('invalid_code', 'Zoho: refresh token refused', 'invalid_code'),
  ],
};

function refusal(
  fault: 'invalid_client' | 'invalid_client_secret' | 'invalid_code',
  title: string,
  leadsTo: typeof fault,
): FaultEntry {
  return {
    id: `token/${fault}`,
    title,
    expect: `${told}: ${leadsTo}. The stored token lives on meanwhile.`,
    how: { at: 'token', fault },
    leadsTo,
    isHealedByAuthorizing: true,
  };
}
