import { GRAPH_FORMATS } from "../cli/graph/graph-options.js";
import { REPORT_KINDS } from "../reports/report-target.js";
import { COLORS } from "../view/color.js";
import { LOG_ORDERS } from "../view/lines-of-tasks.js";
import { OUTPUTS } from "../view/open-view.js";
import { type Candidates, words } from "./candidate.js";
import { SHELLS } from "./shells.js";
import type { TypedArguments } from "./typed-line.js";

/** Where the values of an option or a positional come from. */
type Source = (typed: TypedArguments) => Candidates | Promise<Candidates>;

const nothing: Source = () => [];
const files: Source = () => "files";
const directories: Source = () => "directories";
const groups: Source = async (typed) => (await import("./workflow-names.js")).groupNames(typed);
const tasks: Source = async (typed) => (await import("./workflow-names.js")).taskNames(typed);
const runs: Source = async (typed) => (await import("./run-names.js")).runNames(typed);

const agents: Source = async (typed) => (await import("./agent-names.js")).agentNames(typed);

/** Of what is not here, the value is taken for the name of a file. */
const OPTIONS: Record<string, Source> = {
  output: ({ command }) => words(command === "report" ? ["json"] : OUTPUTS),
  color: () => words(COLORS),
  format: () => words(GRAPH_FORMATS),
  "on-conflict": async () => words((await import("@sloth/dsl")).CONFLICT_CHOICES),
  "external-symlinks": async () => words((await import("@sloth/dsl")).EXTERNAL_SYMLINK_CHOICES),
  "log-order": () => words(LOG_ORDERS),
  report: ({ current }) => (current.includes("=") ? "files" : words(REPORT_KINDS.map((kind) => `${kind}=`))),
  "rerun-failed": runs,
  group: groups,
  tasks,
  only: tasks,
  workdir: directories,
  to: directories,
  set: nothing,
  timeout: nothing,
  grace: nothing,
  jobs: nothing,
  attempt: nothing,
  limit: agents,
  port: nothing,
  "lua-memory": nothing,
  "max-bytes": nothing,
  "max-files": nothing,
};

/** By the names that the commands give their positionals. */
const POSITIONALS: Record<string, Source> = {
  tasks,
  run: async (typed) => [
    ...(typed.command === "logs" ? await (await import("./run-names.js")).taskNamesOfRun(typed) : []),
    ...((await runs(typed)) as readonly { value: string }[]),
  ],
  task: async (typed) => (await import("./run-names.js")).taskNamesOfRun(typed),
  shell: () => words(SHELLS),
  action: () => words(["add", "remove"]),
  address: nothing,
  line: nothing,
  dir: directories,
  selector: agents,
};

export function valueCandidates(option: string, typed: TypedArguments): Candidates | Promise<Candidates> {
  return (OPTIONS[option] ?? files)(typed);
}

export function positionalCandidates(place: string, typed: TypedArguments): Candidates | Promise<Candidates> {
  return (POSITIONALS[place] ?? nothing)(typed);
}
