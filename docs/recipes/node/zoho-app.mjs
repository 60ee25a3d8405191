// The guide's app: chat transfer and closure in SalesIQ, callback creation in Desk.
import { env } from 'node:process';
import { createTokenReader } from 'zoho-token-refresher/client';

// The refresher's Lambda, if this app may ask it for a refresh.
const functionName = env.REFRESHER_FUNCTION;
const refresh = functionName ? { functionName } : undefined;

// One reader per connection, for as long as the process lives. Nothing is read before the first call.
const visitors = createTokenReader({ connection: 'salesiq-visitor', refresh });
const operators = createTokenReader({ connection: 'salesiq', refresh });
const desk = createTokenReader({ connection: 'desk', refresh });

/** Hands a chat over to the operators of a department; gives the conversation. */
export function transferChat(question, visitor) {
  return send(
    visitors,
    'POST',
    ({ screen_name }) => `/api/visitor/v1/${screen_name}/conversations`,
    (settings) => ({
      app_id: settings.app_id,
      department_id: settings.department_id,
      question,
      visitor,
    }),
  );
}

/** Closes a conversation by its numeric id. */
export function closeChat(id) {
  return send(operators, 'PUT', ({ screen_name }) => `/api/v2/${screen_name}/conversations/${id}/close`);
}

/** Creates a callback for a contact; gives the call record. */
export function createCallback(contactId, subject) {
  return send(
    desk,
    'POST',
    () => '/api/v1/calls',
    (settings) => ({
      departmentId: settings.department_id,
      contactId,
      subject,
      startTime: new Date().toISOString(),
      direction: 'outbound',
      duration: '0',
      status: 'Scheduled',
    }),
  );
}

/** Headers, host and settings come from the secret; after a 401 the call is made once more, with another token. */
async function send(reader, method, path, body) {
  const response = await reader.withToken(({ baseUrl, headers, settings }) =>
    fetch(`${baseUrl}${path(settings)}`, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      body: body && JSON.stringify(body(settings)),
      signal: AbortSignal.timeout(10_000),
    }),
  );
  const answer = await response.json();
  // SalesIQ sends some errors with status 200.
  if (!response.ok || answer.error) throw new Error(`Zoho answered ${response.status}: ${JSON.stringify(answer)}`);
  return answer.data ?? answer;
}
