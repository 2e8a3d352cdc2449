/** For a test of how long something takes at most: a busy computer adds to it, so one of three tries must show it. */
export const TIMED = { retry: 2 };

/**
 * Within which silence is to be noticed: 12 s are promised, which the long tests hold it to. A computer that runs other
 * tests besides gets to look at its connections late.
 */
export const NOTICED_MS = process.env.SLOTH_CUT === "full" ? 12_000 : 24_000;
