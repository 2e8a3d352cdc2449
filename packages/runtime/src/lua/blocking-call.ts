import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { Cell } from "./shared-cells.js";

/*
 * Calls from a worker to its host that look synchronous, since Lua cannot wait for a promise:
 *
 * 1. The worker posts requests, as many as it likes, and blocks on a cell of shared memory.
 * 2. The host carries them out; for each it posts the answer, counts it in the cell and wakes the worker.
 * 3. The worker takes one answer from the port, without its event loop.
 *
 * Answers come in the order in which the calls end. A worker that is terminated leaves the wait by itself.
 */

/** In the worker: waits for an answer. */
export function takeAnswer<Answer>(shared: SharedArrayBuffer, answers: MessagePort): Answer {
  const cells = new Int32Array(shared);
  Atomics.wait(cells, Cell.answers, 0);
  Atomics.sub(cells, Cell.answers, 1);
  const received = receiveMessageOnPort(answers);
  if (!received) throw new Error("The host answered without an answer");
  return received.message as Answer;
}

/** In the host: answers a call. */
export function answerCall(
  shared: SharedArrayBuffer,
  answers: MessagePort,
  { answer, transfer = [] }: { answer: unknown; transfer?: ArrayBuffer[] },
): void {
  const cells = new Int32Array(shared);
  answers.postMessage(answer, transfer);
  Atomics.add(cells, Cell.answers, 1);
  Atomics.notify(cells, Cell.answers);
}
