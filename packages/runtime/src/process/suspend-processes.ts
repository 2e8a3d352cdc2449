/*
 * What tasks start is in groups of its own, in sessions without a terminal, so that a Ctrl-Z there does not reach it,
 * and the system would not stop it for SIGTSTP. Non-guarantee: what has left its group goes on.
 */

/** Those who lead a group and have not ended. */
const leaders = new Set<number>();

/** Call it when a process has been started that leads a group. @returns to be called when it has ended */
export function noteLeader(pid: number): () => void {
  leaders.add(pid);
  return () => leaders.delete(pid);
}

/** Stops all processes that tasks of this process have started, until {@link resumeProcesses}. */
export function suspendProcesses(): void {
  signalAll("SIGSTOP");
}

/** Lets them go on. */
export function resumeProcesses(): void {
  signalAll("SIGCONT");
}

function signalAll(signal: NodeJS.Signals): void {
  for (const pid of leaders) {
    try {
      process.kill(-pid, signal);
    } catch {
      // It has just ended, or belongs to another user.
    }
  }
}
