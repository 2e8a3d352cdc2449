import { resolve } from "node:path";
import { REPORT_KINDS, type ReportTarget } from "../../reports/report-target.js";
import { repeated, usage } from "../command-line/option-values.js";

/** `--report` of a run that is about to be, or was recorded. */
export const reportOption = {
  type: "string",
  isRepeatable: true,
  describe: `Write ${REPORT_KINDS.map((kind) => `${kind}=PATH`).join(", ")}; several by commas; may be repeated`,
} as const;

/** Absent where none is wanted. @throws {MasterError} USAGE */
export function readReports(typed: unknown): ReportTarget[] | undefined {
  const targets = repeated(typed)
    ?.flatMap((list) => list.split(","))
    .map(readTarget);
  const paths = targets?.map(({ path }) => resolve(path)) ?? [];
  const twice = targets?.find((_, index) => paths.indexOf(paths[index] ?? "") < index);
  if (twice) throw usage(`--report names ${twice.path} twice.`);
  return targets;
}

function readTarget(text: string): ReportTarget {
  const [, name = text, path = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const kind = REPORT_KINDS.find((known) => known === name);
  const wanted = REPORT_KINDS.map((known) => `${known}=PATH`).join(", ");
  if (kind === undefined) throw usage(`--report ${text} is none of: ${wanted}.`);
  if (path === "") throw usage(`--report ${text} does not say where to: write it as ${kind}=PATH.`);
  return { kind, path };
}
