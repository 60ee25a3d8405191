// A Lambda function with the layer AWS-Parameters-and-Secrets-Lambda-Extension: lists the departments of Desk.
import { createTokenReader } from 'zoho-token-refresher/client';

const desk = createTokenReader({ connection: 'desk', source: 'extension' });

export async function handler() {
  const response = await desk.withToken(({ baseUrl, headers }) =>
    fetch(`${baseUrl}/api/v1/departments`, { headers, signal: AbortSignal.timeout(10_000) }),
  );
  return { status: response.status, departments: (await response.json()).data };
}
