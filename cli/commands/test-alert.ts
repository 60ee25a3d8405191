import { command } from '../command.ts';
import { Refusal } from '../faults.ts';
import { describeHearing } from '../place/describe-hearing.ts';
import { atPlace } from '../place/open-place.ts';

export const testAlert = command({
  name: 'test-alert',
  summary: 'Sends one alert, marked as a test, to everybody who is subscribed',
  examples: [['test-alert', 'at most one in ten minutes; nothing is refreshed or changed']],
  options: {},
  run: (_words, options, context) =>
    atPlace(options, context, async (place) => {
      const invoked = await context.terminal.during('sending', () => place.invoke({ test_alert: true }));
      if ('error' in invoked) {
        throw new Refusal(
          `the test alert was not sent: ${invoked.error}`,
          "look at the topic's policy and at the Lambda's permission to publish: real alerts would be lost, too",
        );
      }
      const { test_alert } = Object(invoked.answer);
      if (test_alert === 'waiting') {
        const line = 'not sent: one was sent within the last ten minutes; try again later';
        return { isFine: false, lines: [line], json: { test_alert } };
      }
      if (test_alert !== 'sent') {
        const fix = 'deploy again (`npx cdk deploy`): it may be older than this program';
        throw new Refusal('the answer of the Lambda makes no sense', fix);
      }
      const { isFine, lines, json: subscribers } = await describeHearing(place.subscribers);
      return {
        isFine,
        lines: [
          'sent: every subscriber should have it within a minute, with TEST in its subject',
          ...lines,
          'nothing arrived? an e-mail address gets nothing until it is confirmed (docs/deploy.md, step 2)',
        ],
        json: { test_alert, subscribers },
      };
    }),
});
