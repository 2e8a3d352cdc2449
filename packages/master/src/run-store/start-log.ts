import { closeSync, openSync, writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { APPENDING, RUN_FILES } from "./run-files.js";
import { runsDirectory, type TaskAttempt } from "./run-store.js";

/**
 * Which attempts of a run may have started on this machine. Each is written before it can, while events are written in
 * groups, later: so what a run was doing when its process was killed is known, though it was not told yet.
 */
export interface StartLog {
  /** Blocks for some microseconds. Never throws: where nothing can be recorded tasks run all the same. */
  note(attempt: TaskAttempt): void;
  close(): void;
}

/** The directory of the run is there by the first note. */
export function openStartLog(workflowDirectory: string, runId: string): StartLog {
  const location = join(runsDirectory(workflowDirectory), runId, RUN_FILES.starts);
  let file: number | "unavailable" | undefined;
  return {
    note({ group, task, attempt }) {
      if (file === "unavailable") return;
      try {
        file ??= openSync(location, APPENDING, 0o600);
        writeSync(file, `${JSON.stringify([group, task, attempt])}\n`);
      } catch {
        // Whoever records the run warns of it.
        if (file !== undefined) closeSync(file);
        file = "unavailable";
      }
    },
    close() {
      if (typeof file === "number") closeSync(file);
      file = "unavailable";
    },
  };
}

/** The last attempt that was noted of each task, by group and task. What cannot be read is none. */
export async function readStarts(
  runDirectory: string,
): Promise<(task: Pick<TaskAttempt, "group" | "task">) => number> {
  const text = await readFile(join(runDirectory, RUN_FILES.starts), "utf8").catch(() => "");
  const last = new Map<string, number>();
  for (const line of text.split("\n").slice(0, -1)) {
    const [group, task, attempt] = readLine(line);
    if (typeof attempt === "number") last.set(JSON.stringify([group, task]), attempt);
  }
  return ({ group, task }) => last.get(JSON.stringify([group, task])) ?? 0;
}

function readLine(line: string): unknown[] {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) ? value : [];
  } catch {
    // Damaged.
    return [];
  }
}
