/** The floor: what a new process costs before there is anything in it. */
export const handler = async () => ({});
