/** For a test of how long something takes at most: a busy computer adds to it, so one of three tries must show it. */
export const TIMED = { retry: 2 };
