/** A promise that somebody else settles. */
export interface Resolvers<T> {
  promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/** `Promise.withResolvers`, which arrives with Node 22. */
export function withResolvers<T>(): Resolvers<T> {
  const settle = {} as Resolvers<T>;
  settle.promise = new Promise<T>((resolve, reject) => {
    settle.resolve = resolve;
    settle.reject = reject;
  });
  return settle;
}
