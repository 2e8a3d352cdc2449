import type { EventQueue } from "../output/event-queue.js";
import type { OutputStream } from "../output/output-stream.js";
import type { TaskPolicy } from "../policy/task-policy.js";
import type { ProcessTree } from "../process-tree/process-tree.js";
import type { Attempt } from "../task-runner.js";
import type { AttemptStop } from "./stop-cause.js";

/** What the parts that run one attempt share. Whoever makes it ends the tree and the outputs. */
export interface AttemptScope {
  attempt: Attempt;
  /** Where the task runs, absolute. */
  directory: string;
  /** Of its processes, but for their mark. */
  environment: NodeJS.ProcessEnv;
  /** What it may do; undefined: whatever this user may. */
  policy: TaskPolicy | undefined;
  events: EventQueue;
  stop: AttemptStop;
  /** Every process of the attempt is in it. */
  tree: ProcessTree;
  /** Every output that was opened. */
  outputs: OutputStream[];
}
