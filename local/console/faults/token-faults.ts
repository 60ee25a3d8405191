import type { FailureCode } from '../../../lambda/failure.ts';
import type { FaultName } from '../../zoho/fault-names.ts';
import type { FaultEntry, FaultGroup } from './entry.ts';

/** Zoho issues a token, but not the one that was expected. */
export const tokenFaults: FaultGroup = {
  title: 'Zoho issues an odd token',
  entries: [
    {
      id: 'token/wrong_prefix',
      title: 'A token of the wrong prefix',
      expect:
        'It is never stored: apps keep the old token, and on-call hears of prefix_mismatch with the next refresh, at 40 minutes left.',
      how: {
        at: 'token',
        fault: ({ tokenPrefixes }) => `wrong_prefix:${tokenPrefixes.includes('1005.') ? '1000.' : '1005.'}`,
      },
      leadsTo: 'prefix_mismatch',
      isHealedByAuthorizing: true,
    },
    {
      id: 'token/missing_scope',
      title: 'A token without a required scope',
      expect:
        'It is never stored: apps keep the old token, and on-call hears of scope_mismatch with the next refresh, at 40 minutes left.',
      how: { at: 'token', fault: ({ requiredScopes }) => `missing_scope:${requiredScopes[0]}` },
      leadsTo: 'scope_mismatch',
      isHealedByAuthorizing: true,
    },
    {
      id: 'token/minted_dead',
      title: 'A token that is dead on arrival',
      expect:
        'The probe finds it before any app does: it is never stored, and on-call hears of token_rejected with the next refresh.',
      how: { at: 'token', fault: 'minted_dead' },
      leadsTo: 'token_rejected',
      isHealedByAuthorizing: true,
    },
    {
      id: 'token/foreign_api_domain',
      title: 'A token of another data centre',
      expect:
        'The token works and is stored; on-call hears of setting_mismatch with the next refresh, and refreshes go on.',
      how: { at: 'token', fault: 'foreign_api_domain' },
      leadsTo: 'setting_mismatch',
    },
    absurd('undefined_token', 'The token "undefined"'),
    absurd('null_token', 'The token null'),
    absurd('wrong_types', 'Every field of a wrong type'),
    absurd('short_lifetime', 'A life of 5 minutes'),
    harmless('no_scope', 'No scope named', 'the probe says whether the token works'),
    harmless('comma_scopes', 'Scopes with commas', 'both ways of writing them are read'),
    harmless('no_api_domain', 'No api_domain', 'the probe says whether the token works'),
    harmless('no_expires_in', 'No lifetime named', 'it counts as an hour'),
    harmless('legacy_milliseconds', 'A lifetime in milliseconds', 'the old form is understood'),
    harmless(
      'long_lifetime',
      'A life of 7 days',
      'it is taken for milliseconds, so the token is renewed on every tick',
    ),
    harmless(
      'new_refresh_token',
      'A new refresh token',
      'it is written to the credentials before anything else',
    ),
  ],
};

function absurd(fault: FaultName, title: string): FaultEntry {
  const leadsTo: FailureCode = 'unexpected_response';
  return {
    id: `token/${fault}`,
    title,
    expect: `Never stored; tried again on every tick, and on-call hears of ${leadsTo} at 20 minutes left.`,
    how: { at: 'token', fault },
    leadsTo,
  };
}

function harmless(fault: FaultName, title: string, why: string): FaultEntry {
  return {
    id: `token/${fault}`,
    title,
    expect: `Nothing: ${why}.`,
    how: { at: 'token', fault },
    leadsTo: 'nothing',
  };
}
