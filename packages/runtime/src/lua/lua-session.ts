import { setMaxListeners } from "node:events";
import { MessageChannel, type MessagePort, type Worker } from "node:worker_threads";
import type { ExecOutcome, HttpOutcome, HttpRequest, LuaTable } from "@sloth/dsl";
import type { AttemptScope } from "../attempt/attempt-scope.js";
import type { Delegate } from "../delegate.js";
import { runShellCommand } from "../shell/run-shell-command.js";
import type { TaskResult } from "../task-runner.js";
import { answerCall } from "./blocking-call.js";
import { execute } from "./exec-call.js";
import { callHttp } from "./http-call.js";
import { OutputCredit } from "./output-credit.js";
import { withoutPrototypes } from "./plain-values.js";
import { runElsewhere } from "./run-elsewhere.js";
import { createSharedCells } from "./shared-cells.js";
import type { HostAnswer, LuaJob, TaskOutcome, WorkerCall, WorkerMessage } from "./worker-messages.js";

/** The host's half of the conversation with one worker; see `worker-messages.ts`. */
export class LuaSession {
  /** How the call ended. Rejects when the runner broke. */
  readonly result: Promise<TaskResult>;
  #scope: AttemptScope;
  #worker: Worker;
  #delegate: Delegate | undefined;
  #shared = createSharedCells();
  #credit = new OutputCredit(this.#shared);
  #answers: MessagePort;
  #workerAnswers: MessagePort;
  /** Calls of the worker that are under way. */
  #calls = new Set<number>();
  /** Those that nothing else ends, and what ends them. */
  #requests = new Set<Promise<HttpOutcome>>();
  #endRequests = new AbortController();
  /** Whether no Lua code runs any more, after all of its output. */
  #hasReturned = false;
  #isClean = false;
  #settle!: (result: TaskResult) => void;
  #fail!: (cause: unknown) => void;

  constructor(scope: AttemptScope, worker: Worker, delegate?: Delegate) {
    this.#scope = scope;
    this.#worker = worker;
    this.#delegate = delegate;
    const { port1, port2 } = new MessageChannel();
    this.#answers = port1;
    this.#workerAnswers = port2;
    this.result = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
    // Every request listens.
    setMaxListeners(0, this.#endRequests.signal);
    worker.on("message", this.#receive);
    worker.on("error", this.#onError);
    worker.on("exit", this.#onExit);
  }

  start(job: Omit<LuaJob, "answers" | "shared">): void {
    const answers = this.#workerAnswers;
    this.#worker.postMessage({ ...job, answers, shared: this.#shared } satisfies LuaJob, [answers]);
  }

  /** Breaks off the calls that the worker waits for. */
  failPendingCalls(): void {
    this.#endRequests.abort();
    for (const id of this.#calls) this.#answer({ id, stopped: true });
  }

  /** Gives up waiting for the worker. */
  giveUp(result: TaskResult): void {
    this.#settle(result);
  }

  /**
   * Lets go of the worker; where it has not returned it is ended, and code that still ran has ended afterwards.
   *
   * @returns whether it may get another job
   */
  async close(): Promise<boolean> {
    this.#endRequests.abort();
    await Promise.allSettled(this.#requests);
    this.#answers.close();
    this.#worker.off("message", this.#receive);
    this.#worker.off("error", this.#onError);
    this.#worker.off("exit", this.#onExit);
    if (!this.#hasReturned) await this.#worker.terminate();
    return this.#isClean;
  }

  readonly #onError = (error: Error) => this.#settle(crashed(error.message));
  readonly #onExit = () => this.#settle(crashed("it ended by itself"));

  readonly #receive = (message: WorkerMessage): void => {
    if (message.type === "print") {
      const { stream, bytes, sizeBytes } = message;
      const giveBack = () => this.#credit.giveBack(sizeBytes);
      this.#scope.events.pushNow({ type: "output", stream, bytes }, giveBack);
    } else if (message.type === "log") {
      const { record, sizeBytes } = message;
      const giveBack = () => this.#credit.giveBack(sizeBytes);
      if (record.fields) record.fields = withoutPrototypes(record.fields) as typeof record.fields;
      this.#scope.events.pushNow({ type: "log", record }, giveBack);
    } else if (message.type === "call") {
      this.#begin(message.id, message.call);
    } else if (message.type === "done") {
      this.#hasReturned = true;
      this.#isClean = message.isClean;
      this.#settle(this.#scope.stop.cause ?? verdict(message.outcome));
    } else if (message.type === "broken") {
      this.#hasReturned = true;
      const { message: text, traceback } = message;
      this.#settle(
        this.#scope.stop.cause ?? { status: "failed", message: text, ...(traceback && { traceback }) },
      );
    }
  };

  #begin(id: number, call: WorkerCall): void {
    this.#calls.add(id);
    if (this.#scope.stop.cause) this.failPendingCalls();
    else this.#carryOut(id, call).catch(this.#fail);
  }

  async #carryOut(id: number, call: WorkerCall): Promise<void> {
    if (call.kind === "shell") {
      const { status, ...how } = await runShellCommand(this.#scope, call.script);
      this.#answer({ id, outcome: { ...how, success: status === "succeeded" } });
      return;
    }
    if (call.kind === "http") {
      const outcome = await this.#request(call.request);
      this.#answer({ id, outcome }, "body" in outcome ? [outcome.body.buffer as ArrayBuffer] : []);
      return;
    }
    const outcome =
      call.kind === "exec"
        ? await execute(this.#scope, call.request)
        : await runElsewhere(this.#scope, call.request, this.#delegate);
    this.#answer({ id, outcome }, buffersOf(outcome));
  }

  async #request(request: HttpRequest): Promise<HttpOutcome> {
    const { attempt, policy } = this.#scope;
    const { umask, workspace } = attempt;
    const confinedTo = policy && workspace;
    const outcome = callHttp(request, { umask, confinedTo, signal: this.#endRequests.signal });
    this.#requests.add(outcome);
    return await outcome.finally(() => this.#requests.delete(outcome));
  }

  #answer(answer: HostAnswer, transfer: ArrayBuffer[] = []): void {
    if (!this.#calls.delete(answer.id)) return;
    answerCall(this.#shared, this.#answers, { answer, transfer });
  }
}

function buffersOf({ stdout, stderr }: ExecOutcome): ArrayBuffer[] {
  return [stdout.buffer as ArrayBuffer, stderr.buffer as ArrayBuffer];
}

function verdict({ success, outputs, exports, ...said }: TaskOutcome): TaskResult {
  return {
    status: success ? "succeeded" : "failed",
    ...said,
    ...(outputs !== undefined && { outputs: withoutPrototypes(outputs) }),
    ...(exports && { exports: withoutPrototypes(exports) as LuaTable }),
  };
}

function crashed(reason: string): TaskResult {
  return { status: "failed", message: `The worker thread of the Lua code crashed: ${reason}` };
}
