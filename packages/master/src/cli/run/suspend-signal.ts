import { resumeProcesses, suspendProcesses } from "@sloth/runtime";
import type { RunView } from "../../view/run-view.js";

/**
 * Listens for Ctrl-Z: the view leaves the terminal to the shell, the processes of local tasks stop, then this one, as
 * the shell expects. When it is told to go on, all is taken up again.
 *
 * @returns gives the signals back to Node
 */
export function onSuspendSignal(view: Pick<RunView, "suspend" | "resume">): () => void {
  let isSuspending = false;
  const onStop = async () => {
    if (isSuspending) return;
    isSuspending = true;
    await view.suspend?.();
    suspendProcesses();
    process.off("SIGTSTP", onStop);
    // Returns when this process goes on; at once where there is no shell that could tell it to.
    process.kill(process.pid, "SIGTSTP");
    process.on("SIGTSTP", onStop);
    resumeProcesses();
    view.resume?.();
    isSuspending = false;
  };
  // Also after a stop that cannot be heard of (SIGSTOP).
  const onContinue = () => view.resume?.();
  process.on("SIGTSTP", onStop).on("SIGCONT", onContinue);
  return () => {
    process.off("SIGTSTP", onStop).off("SIGCONT", onContinue);
  };
}
