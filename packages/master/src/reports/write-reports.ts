import type { ReportedRun } from "./model/reported-run.js";
import type { ReportKind, ReportTarget } from "./report-target.js";
import { writePieces } from "./write-file.js";

// Each brings its own code only when it is wanted.
const formats: Record<ReportKind, (run: ReportedRun) => Promise<Iterable<string>>> = {
  junit: async (run) => (await import("./junit/junit.js")).junitOf(run),
  trace: async (run) => (await import("./trace/trace.js")).traceOf(run),
  html: async (run) => (await import("./html/html.js")).htmlOf(run),
};

/** Writes each report; gives a line for each that could not be written, with its path and the reason. */
export async function writeReports(run: ReportedRun, targets: readonly ReportTarget[]): Promise<string[]> {
  const problems: string[] = [];
  for (const { kind, path } of targets) {
    try {
      await writePieces(path, await formats[kind](run));
    } catch (error) {
      problems.push(`the ${kind} report ${path} cannot be written: ${(error as Error).message}`);
    }
  }
  return problems;
}
