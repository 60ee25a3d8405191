import type { MessageView } from '../view.ts';
import { h } from './dom.ts';
import { count, dateOf, shortTime } from './words.ts';

/** Kinds of subscriber, by what they get. */
export type Form = 'email' | 'sms' | 'json';

/** Characters of one SMS part in the GSM alphabet, alone and as part of a longer one. */
const smsPartCharacters = { alone: 160, together: 153 };

/** Shows a message as one kind of subscriber gets it. */
export function showForm(message: MessageView, form: Form): HTMLElement[] {
  if (form === 'sms') {
    const { length } = message.sms;
    const { alone, together } = smsPartCharacters;
    const parts = length <= alone ? 1 : Math.ceil(length / together);
    return [
      h('p', { class: 'bubble' }, message.sms),
      h('p', { class: 'note' }, `${count(length, 'character')}, ${count(parts, 'part')}`),
    ];
  }
  if (form === 'json') {
    const envelope =
      message.envelope === undefined
        ? []
        : [
            h(
              'details',
              {},
              h('summary', {}, 'In the envelope of SNS, without its signature'),
              h('pre', {}, message.envelope),
            ),
          ];
    return [
      h('p', { class: 'note' }, 'Message to SQS, HTTPS and Lambda'),
      h('pre', {}, message.json),
      ...envelope,
    ];
  }
  return [
    h(
      'dl',
      { class: 'mail' },
      h('dt', {}, 'From'),
      h('dd', {}, 'AWS Notifications <no-reply@sns.amazonaws.com>'),
      h('dt', {}, 'Subject'),
      h('dd', { class: 'subject' }, message.subject),
      h('dt', {}, 'Date'),
      h('dd', {}, `${dateOf(message.at)} ${shortTime(message.at)} UTC`),
    ),
    h('pre', { class: 'mail' }, message.email),
    h('p', { class: 'note' }, 'SNS adds a line to unsubscribe.'),
  ];
}
