/** Begins the line with which a worker closes an invocation's output, as Lambda does. */
export const endMark = 'END RequestId: ';
