/*
 * Between a runner and its launcher: a line of JSON each, by the launcher's standard input and output.
 */
import type { Launch, StartError } from "../process/launch.js";

/** Descriptors are those of the runner. */
export interface LaunchRequest extends Launch {
  id: number;
}

export type LauncherMessage =
  /** The first one: from now on requests are answered. */
  | { ready: true }
  | LaunchAnswer
  /** A process has ended; the last one of its request. */
  | { id: number; exitCode: number | null; signal: string | null };

/** Exactly one for each request. */
export type LaunchAnswer =
  | { id: number; pid: number }
  | { id: number; failed: StartError }
  /** Nothing was started: the descriptors of the runner cannot be opened from another process. */
  | { id: number; unreachable: string };

/** Gives `take` each whole line of what comes in pieces. */
export function splitLines(take: (line: string) => void): (text: string) => void {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  };
}
