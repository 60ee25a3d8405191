/** How people run this program: never by plain `npx`, which would fetch a stranger's package if this one is missing. */
export const ownProgram = 'npx --no-install zoho-tokens';
