import { type Connection, readConnections } from '../../../lambda/connections/read-connections.ts';
import { giveConsent } from '../../../local/stage.ts';
import { connectionsText } from '../../support/stage.ts';
import { askZoho } from '../world/ask-by-hand.ts';
import type { Disturbance } from '../world/disturbances.ts';
import type { SimulatedWorld } from '../world/world.ts';
import type { Step, StepOf } from './draw-steps.ts';

const minute = 60_000;

type File = { connections: { name: string; settings?: object; required_scopes: string[] }[] };

/** Steps of a script that are about the world alone, whatever keeps the tokens in it. */
type Deeds = Pick<
  { [Name in Step['do']]: (step: StepOf<Name>) => void },
  'fault' | 'end' | 'spoil credentials' | 'fix' | 'deploy' | 'people ask' | 'roll back' | 'overwrite token'
>;

/** What befalls a world and what people do in it, by the step that says so; a step counts connections round. */
export function createPeople(world: SimulatedWorld): Deeds {
  const { levers, zoho, time, disturbances } = world;
  /** Secrets that were rotated at Zoho and not stored yet, by connection, as long as nothing else is wrong. */
  const rotated = new Map<string, string>();
  /** Connections whose stored credentials need new consent. */
  const spoilt = new Set<string>();
  /** What is deployed otherwise than `connections.json` has it, by connection. */
  const changes = new Map<string, object>();
  const note = (what: Disturbance['what'], connection: string) => {
    disturbances.note(what, connection, time.now);
    world.observe({ kind: 'changed', connection });
  };
  const at = (index: number) => connectionAt(world, index);
  const deeds: Deeds = {
    fault({ place, fault, minutes, share, connection: index }) {
      const connection = index === undefined ? undefined : at(index).name;
      disturbances.open({ place, fault, from: time.now, to: time.now + minutes * minute, connection, share });
    },
    /** Somebody ends something at Zoho. */
    end({ what, connection }) {
      const { name, dataCenter } = at(connection);
      const { refresh_token: refreshToken = '', client_id: clientId = '' } = world.credentials(name);
      const grant = zoho.registry.grant(refreshToken);
      const client = zoho.registry.client(clientId);
      note('grant', name);
      rotated.delete(name);
      if (what === 'grant' && grant !== undefined) levers.revoke(refreshToken);
      if (what === 'access tokens' && grant !== undefined) levers.killAccessTokensOf(refreshToken);
      if (what === 'access token') {
        const token = String(world.document(name)?.access_token);
        if (zoho.registry.token(token) !== undefined) levers.killAccessToken(token);
      }
      if (what === 'client secret' && client?.secrets.has(dataCenter)) {
        const secret = levers.rotateSecret(clientId);
        world.secrets.add(secret);
        const isAllThatIsWrong = grant !== undefined && !grant.isRevoked && !spoilt.has(name);
        if (isAllThatIsWrong) rotated.set(name, secret);
      }
      if (what === 'client' && client !== undefined) levers.deleteClient(clientId);
    },
    /** Somebody stores credentials that cannot work. */
    'spoil credentials'({ how, connection: index }) {
      const connection = at(index);
      const { name, requiredScopes, tokenPrefixes } = connection;
      rotated.delete(name);
      spoilt.add(name);
      note('grant', name);
      const now = world.credentials(name);
      const wrongToken = `1000.${'0123456789abcdef'.repeat(2)}.${'fedcba9876543210'.repeat(2)}`;
      const otherPrefixes = [tokenPrefixes.includes('1000.') ? '1005.' : '1000.'];
      const makeFields = {
        'not JSON': () => undefined,
        'a field empty': () => ({ ...now, client_secret: '' }),
        'wrong refresh token': () => ({ ...now, refresh_token: wrongToken.replace('0', `${name.length}`) }),
        'wrong client': () => ({ ...now, client_id: '1000.ABCDEFGHIJKLMNOPQRSTUVWXYZ0123' }),
        'narrow consent': () =>
          giveConsent(levers, { ...connection, requiredScopes: requiredScopes.slice(0, 1), optionalScopes: [] }),
        'other kind of client': () =>
          giveConsent(levers, { ...connection, tokenPrefixes: otherPrefixes, optionalScopes: [] }),
      }[how];
      world.put(name, 'credentials', JSON.stringify(makeFields()) ?? 'pasted by hand');
    },
    /** The right configuration, and the new secret if only that was wrong; otherwise new consent, with all scopes. */
    fix({ connection: index }) {
      deeds.deploy({ do: 'deploy', change: 'as it was', connection: index });
      const connection = at(index);
      const { name } = connection;
      const secret = rotated.get(name);
      rotated.delete(name);
      spoilt.delete(name);
      note('grant', name);
      const credentials =
        secret === undefined ? giveConsent(levers, connection) : { ...world.credentials(name), client_secret: secret };
      world.put(name, 'credentials', JSON.stringify(credentials));
      world.observe({ kind: 'fixed', connection: name, keepsGrant: secret !== undefined });
    },
    /** Another configuration of a connection is deployed; the execution environments have to start anew. */
    deploy({ change, connection }) {
      const { name, service } = at(connection);
      const file = JSON.parse(connectionsText(world.connections.connections.map((known) => known.name))) as File;
      const { settings, required_scopes: required = [] } = file.connections.find((known) => known.name === name) ?? {};
      const wrong = service === 'desk' ? { org_id: '123' } : { screen_name: 'nobody' };
      const more = service === 'desk' ? 'Desk.tickets.READ' : 'SalesIQ.departments.READ';
      const changed = {
        'more scopes': { required_scopes: [...required, more] },
        'wrong prefix': { token_prefix: '1003.' },
        'wrong setting': { settings: { ...settings, ...wrong } },
        'as it was': {},
      }[change];
      if (JSON.stringify(changed) === JSON.stringify(changes.get(name) ?? {})) return;
      changes.set(name, changed);
      note('deploy', name);
      const connections = file.connections.map((known) => ({ ...known, ...changes.get(known.name) }));
      world.connections = readConnections(JSON.stringify({ ...file, connections }));
    },
    /** Others use the same refresh token. */
    'people ask'({ times, connection }) {
      const { name } = at(connection);
      const { refresh_token: refreshToken } = world.credentials(name);
      disturbances.note('people', name, time.now, time.now + 30 * minute);
      for (let count = 0; count < times && refreshToken !== undefined; count += 1) {
        askZoho(world, name);
        world.observe({ kind: 'token request', run: undefined, connection: name, refreshToken });
      }
    },
    /** An operator moves AWSCURRENT back to AWSPREVIOUS. */
    'roll back'({ connection }) {
      const { name } = at(connection);
      const current = world.version(name, 'token');
      const previous = world.version(name, 'token', 'AWSPREVIOUS');
      if (previous === undefined || current === undefined || previous === current) return;
      note('hand', name);
      const secretId = world.secretId(name, 'token');
      world.store.moveStage(secretId, 'AWSCURRENT', previous.versionId, time.now);
    },
    /** An operator stores something else where the token should be. */
    'overwrite token'({ text, connection }) {
      const { name } = at(connection);
      note('hand', name);
      const endless = {
        ...world.document(name),
        access_token: `1000.${'a1'.repeat(16)}.${'b2'.repeat(16)}`,
        issued_at: new Date(time.now).toISOString(),
        expires_at: '2999-01-01T00:00:00.000Z',
      };
      const texts = { garbage: 'undefined', 'endless token': JSON.stringify(endless), 'empty object': '{}' };
      world.put(name, 'token', texts[text]);
    },
  };
  return deeds;
}

/** The connection that a script means: it counts round. */
export function connectionAt({ connections: { connections } }: SimulatedWorld, index: number): Connection {
  const found = connections[index % connections.length];
  if (found === undefined) throw new Error('a script has at least one connection');
  return found;
}
