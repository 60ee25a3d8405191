import type { FailureCode } from '../../lambda/failure.ts';

/**
 * What a fault comes to: the code that the refresher judges it to be; `healed` if it notices and mends it; `nothing`
 * if it takes no harm and alerts nobody; `alarm` if only CloudWatch can speak.
 */
export type Judgement = FailureCode | 'refused' | 'secret_store_refused' | 'healed' | 'nothing' | 'alarm';
