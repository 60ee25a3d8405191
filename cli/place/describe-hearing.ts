import { faultName } from '../../lambda/aws/fault-name.ts';

/** How many would get a message of a topic; those who have not confirmed get nothing. */
export type SubscriberCount = { readonly topicArn: string; readonly confirmed: number; readonly pending: number };

/** Says who would be alerted. A topic without subscribers is a failure, and a question that AWS refused is named. */
export async function describeHearing(subscribers: (() => Promise<readonly SubscriberCount[]>) | undefined) {
  const unknown = (why: string) => ({ isFine: true, lines: [`who is subscribed is not known: ${why}`], json: null });
  if (subscribers === undefined) return { isFine: true, lines: [], json: null };
  try {
    const json = await subscribers();
    if (json.length === 0) return unknown('no topic was found');
    return { isFine: json.every(({ confirmed }) => confirmed > 0), lines: json.map(describeCount), json };
  } catch (fault) {
    return unknown(faultName(fault));
  }
}

function describeCount({ topicArn, confirmed, pending }: SubscriberCount): string {
  const topic = topicArn.split(':').at(-1);
  const waiting = pending === 0 ? '' : `, ${pending} not confirmed yet`;
  if (confirmed > 0) return `subscribers of ${topic}: ${confirmed} confirmed${waiting}`;
  return `NOBODY HEARS: topic ${topic} has no confirmed subscription${waiting}; confirm one (docs/deploy.md, step 2)`;
}
