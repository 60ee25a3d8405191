import { AwsError } from '../../../local/aws/aws-error.ts';
import type { AwsService, FaultTarget } from '../../../local/faults/aws-faults.ts';
import { between } from '../random.ts';
import { callOut, type RunInWorld } from './call-out.ts';
import type { CallPlace } from './disturbances.ts';
import type { SimulatedWorld } from './world.ts';
import { awsFaultOf, meet } from './world-faults.ts';

/** A call of AWS as it leaves the Lambda. */
type AwsCall<Answer> = {
  readonly service: AwsService;
  readonly place: CallPlace;
  readonly connection: string;
  readonly target: FaultTarget;
  /**
   * Carries it out.
   *
   * @param isAnswered - Whether the Lambda will learn of it.
   * @throws {@link AwsError} in the service's own words.
   */
  readonly carryOut: (isAnswered: boolean) => Answer;
  /** Told of what the Lambda gets in place of an answer: `refusal` if the service itself does not take the call. */
  readonly failed: (name: string, why: 'fault' | 'refusal') => void;
};

/** Takes a call of AWS out into the world; fails as the SDK does. */
export function callAws<Answer extends object>(
  world: SimulatedWorld,
  run: RunInWorld,
  signal: AbortSignal,
  { service, place, connection, target, carryOut, failed }: AwsCall<Answer>,
): Promise<Answer> {
  const fault = world.disturbances.faultOf(place, connection, world.time.now, run.random);
  const broken = awsFaultOf(fault, service, target);
  const latency = between(run.random, 5, 90);
  if (fault !== undefined) meet(run, connection, fault);
  const errorOf = (name: string, why: 'fault' | 'refusal') => {
    failed(name, why);
    return Object.assign(new Error(`the SDK's own words about ${name}`), { name });
  };
  const attempt = (): Answer | AwsError => {
    try {
      return carryOut(broken === undefined);
    } catch (error) {
      if (error instanceof AwsError) return error;
      throw error;
    }
  };
  return callOut<Answer | AwsError, Answer>(world.time, run, signal, {
    effectAfter: latency / 2,
    answerAfter: broken?.afterMilliseconds ?? latency,
    isCarriedOut: broken?.isCarriedOut ?? true,
    carryOut: attempt,
    answer: (answer) => {
      if (broken !== undefined) throw errorOf(broken.name, 'fault');
      if (answer instanceof AwsError) throw errorOf(answer.name, 'refusal');
      if (answer === undefined) throw new Error('a call without a fault is carried out');
      return answer;
    },
    aborted: () => errorOf('AbortError', 'fault'),
  });
}
