import { DEFAULT_WORKSPACE_SETTINGS, type Task } from "@sloth/dsl";
import type { TaskInfo } from "../../events/run-event.js";
import type { Candidate } from "../../inventory/selection.js";
import { DEFAULT_GRACE_MS, type PlannedTask, type RunPlan } from "../../plan/plan-run.js";
import { makeRunId } from "../../plan/run-id.js";
import { quotedLine } from "../../view/shell-words.js";

export interface ExecPlanOptions {
  candidates: readonly Candidate[];
  words: readonly string[];
  /** Of each agent, in milliseconds. */
  timeoutMs?: number | undefined;
  /** An empty directory, absolute. */
  directory: string;
}

const GROUP = "exec";
const NOWHERE = { file: "", line: 0 };

/**
 * A run of one command on many agents: for each a task that is called as the agent is, in an empty workspace of which
 * nothing is sent and nothing comes back.
 */
export function planExec({ candidates, words, timeoutMs, directory }: ExecPlanOptions): RunPlan {
  const runId = makeRunId();
  const script = scriptOf(words);
  const tasks = candidates.map((candidate) => planTask(candidate, { script, timeoutMs, directory }));
  return {
    runId,
    info: { runId, file: "", groups: [{ name: GROUP, tasks: tasks.map(({ info }) => info) }] },
    source: { bundle: new Uint8Array(), bundleDigest: "", file: "", context: { clockMs: 0 }, modelHash: "" },
    workflow: { file: "", groups: [], modelHash: "" },
    environment: {},
    workflowDirectory: directory,
    workflowFiles: [],
    graceMs: DEFAULT_GRACE_MS,
    groups: [
      { name: GROUP, workspace: directory, createWorkdir: false, functions: {}, env: {}, tasks, earlier: [] },
    ],
  };
}

/** One word is a line for the shell, as `ssh` takes it; several are the words themselves. */
function scriptOf(words: readonly string[]): string {
  const [first = "", ...more] = words;
  return more.length === 0 ? first : quotedLine(words);
}

function planTask(
  candidate: Candidate,
  { script, timeoutMs, directory }: { script: string } & Pick<ExecPlanOptions, "timeoutMs" | "directory">,
): PlannedTask {
  const { label: name } = candidate.target;
  const command = { kind: "shell", script } as const;
  const task: Task = {
    name,
    command,
    dependsOn: [],
    params: {},
    retries: 0,
    ...(timeoutMs !== undefined && { timeoutMs }),
    at: NOWHERE,
  };
  const info: TaskInfo = { group: GROUP, name, agent: name, dependsOn: [], script, at: NOWHERE };
  return {
    task,
    info,
    group: GROUP,
    selection: { text: name, key: name, candidates: [candidate] },
    workspace: directory,
    workdir: "",
    env: {},
    workspaceSettings: { ...DEFAULT_WORKSPACE_SETTINGS, ignore: ["*"] },
  };
}
