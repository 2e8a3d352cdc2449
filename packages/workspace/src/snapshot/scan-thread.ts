/** The worker thread that scans; one job at a time. Its messages are {@link ThreadRequest} and {@link ThreadReply}. */
import { parentPort } from "node:worker_threads";
import { WorkspaceError, type WorkspaceErrorCode } from "../errors.js";
import { runScanJob, type ScanAnswer, type ScanJob } from "./scan-job.js";
import { buffersOf } from "./stat-index.js";

export interface ThreadRequest {
  job: ScanJob;
  /** One shared cell; not 0: stop. */
  stop: Int32Array;
}

export type ThreadReply =
  | { answer: ScanAnswer }
  | { stopped: true }
  | {
      fault: {
        code: WorkspaceErrorCode;
        message: string;
        path?: string | undefined;
        target?: string | undefined;
      };
    };

class Stopped extends Error {}

parentPort?.on("message", ({ job, stop }: ThreadRequest) => {
  const checkpoint = () => {
    if (Atomics.load(stop, 0) !== 0) throw new Stopped();
  };
  const reply = perform(() => runScanJob(job, checkpoint));
  parentPort?.postMessage(reply, "answer" in reply ? handedOver(reply.answer) : []);
});

function perform(work: () => ScanAnswer): ThreadReply {
  try {
    return { answer: work() };
  } catch (cause) {
    if (cause instanceof Stopped) return { stopped: true };
    if (!(cause instanceof WorkspaceError)) throw cause;
    const { code, message, path, target } = cause;
    return { fault: { code, message, path, target } };
  }
}

/** Instead of being copied. */
function handedOver(answer: ScanAnswer): ArrayBuffer[] {
  const { before } = answer;
  return before === undefined ? buffersOf(answer) : [...buffersOf(answer), before.buffer as ArrayBuffer];
}
