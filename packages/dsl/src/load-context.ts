/**
 * What makes loading a workflow again, here or on an agent, give the same model: the values that loading
 * may depend on. It travels with the run.
 */
export interface LoadContext {
  /** What `os.time()` and the seed of hashing and `math.random` are derived from: milliseconds since 1970. */
  clockMs: number;
}
