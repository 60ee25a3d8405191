/** The name of a connection's life alarm, e.g. `zoho/desk/token-life`: read on a pager, so in the secrets' words. */
export function lifeAlarmName(secretPrefix: string, connection: string): string {
  return `${secretPrefix}/${connection}/token-life`;
}

/** What the alarms on the refresher as a whole are about. */
export const refresherAlarmSubjects = ['heartbeat', 'errors', 'dropped-ticks'] as const;

/** The name of an alarm on the refresher as a whole, e.g. `zoho/refresher/errors`. */
export function refresherAlarmName(secretPrefix: string, subject: (typeof refresherAlarmSubjects)[number]): string {
  return `${secretPrefix}/refresher/${subject}`;
}
