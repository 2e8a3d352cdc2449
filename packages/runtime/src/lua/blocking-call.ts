import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { Cell } from "./shared-cells.js";

/*
 * A call from a worker to its host that looks synchronous, since Lua cannot wait for a promise:
 *
 * 1. The worker posts the request and blocks on a cell of shared memory.
 * 2. The host carries it out, posts the answer, sets the cell and wakes the worker.
 * 3. The worker takes the answer from the port without its event loop.
 *
 * One call at a time. A worker that is terminated leaves the wait by itself.
 */

/** In the worker: posts a request by `post`, and waits for its answer. */
export function callHost<Answer>(shared: SharedArrayBuffer, answers: MessagePort, post: () => void): Answer {
  const cells = new Int32Array(shared);
  Atomics.store(cells, Cell.answered, 0);
  post();
  Atomics.wait(cells, Cell.answered, 0);
  const received = receiveMessageOnPort(answers);
  if (!received) throw new Error("The host answered without an answer");
  return received.message as Answer;
}

/** In the host: answers the call that the worker waits in. */
export function answerCall(
  shared: SharedArrayBuffer,
  answers: MessagePort,
  { answer, transfer = [] }: { answer: unknown; transfer?: ArrayBuffer[] },
): void {
  const cells = new Int32Array(shared);
  answers.postMessage(answer, transfer);
  Atomics.store(cells, Cell.answered, 1);
  Atomics.notify(cells, Cell.answered);
}
