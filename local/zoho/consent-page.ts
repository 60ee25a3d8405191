import { escapeHtml, html, type Reply } from './reply.ts';

/** The page on which a user grants or denies; it has no script, and each form posts the decision back. */
export function consentPage(action: string, clientId: string, scopes: readonly string[]): Reply {
  const form = (decision: string, label: string) =>
    `<form method="post" action="${escapeHtml(action)}"><input type="hidden" name="decision" value="${decision}">` +
    `<button type="submit">${label}</button></form>`;
  const items = scopes.map((scope) => `<li>${escapeHtml(scope)}</li>`).join('');
  return html(
    200,
    `<h1>Stand-in for Zoho Accounts</h1><p>${escapeHtml(clientId)} asks for:</p><ul>${items}</ul>` +
      form('grant', 'Accept') +
      form('deny', 'Reject'),
    'consent_page',
  );
}

/** The page that the user sees where Zoho does not go back to the application. */
export function consentErrorPage(error: string): Reply {
  return html(400, `<h1>Error Occurred</h1><p>${escapeHtml(error)}</p>`, error);
}
