import type { JudgedAlarm } from './alarms.ts';

/** Finds the incident that each mail is about: CloudWatch's belong to the incident that makes an alarm speak. */
export function createThreads() {
  /** Thread of each connection's open incident, the latest last. */
  const open = new Map<string, string>();
  const alarms = new Map<string, string>();
  return {
    ofMail({ connection = '', state = '' }: Readonly<Record<string, string>>, at: number): string {
      const thread = open.get(connection) ?? `${connection} ${at}`;
      if (state === 'resolved') open.delete(connection);
      else if (state !== 'test') open.set(connection, thread);
      return thread;
    },
    ofAlarm({ rule: { name }, isAlarm, at }: JudgedAlarm): string {
      const [subject = '', isRefresher] = [name.split('/').at(-2), name.includes('/refresher/')];
      const about = isRefresher ? [...open.values()].at(-1) : open.get(subject);
      const thread = isAlarm ? (about ?? `${name} ${at}`) : (alarms.get(name) ?? name);
      alarms.set(name, thread);
      return thread;
    },
  };
}
