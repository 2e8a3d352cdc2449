/**
 * In the trailing metadata of an `Execute` that has failed: the attempt has not started, and will not. Without it nothing
 * is said.
 */
export const NOT_STARTED_TRAILER = "sloth-not-started";
