import { setTimeout as sleep } from "node:timers/promises";

/** The same, but leaving a loop over it does not end it. */
export function stayingOpen<T>(stream: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = stream[Symbol.asyncIterator]();
  return { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
}

/** What a stream breaks by within a time, passing by what it still brings; undefined when it does not break. */
export function failureOf(responses: AsyncIterable<unknown>, withinMs: number): Promise<unknown> {
  const rest = async () => {
    for await (const _ of responses);
  };
  const failure = rest().then(
    () => undefined,
    (error) => error,
  );
  return Promise.race([failure, sleep(withinMs, undefined, { ref: false })]);
}
