import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeWorkflow } from "../../support/workflow-file.js";

/** What a task prints: the numbers up to this one, then `end`. */
const NUMBERS = 1000;
const WHOLE_LOG = `${Array.from({ length: NUMBERS }, (_, index) => `${index + 1}\n`).join("")}end\n`;
const REWRITTEN_FILES = 60;
const NEW_FILES = 20;
const BIG_BYTES = 1_000_000;
const SENT_BYTES = 500_000;

/** A tree: what stands at each path, directories included. */
type Tree = ReadonlyMap<string, string>;

export interface RoundOptions {
  /** The working directory of the run. */
  directory: string;
  /** Where tasks count themselves, outside of it. */
  counts: string;
  agent: string;
  tasks: readonly string[];
  /** Of this round alone. */
  token: string;
  /** An argument by which processes of the tasks are recognised. */
  mark: string;
  onLost: "fail" | "wait";
}

/**
 * What one run is to do, and what came of it. Each task counts itself outside of the workspace, prints numbers in
 * bursts, and gives all files of a directory of its own another content, with some new ones and some gone.
 */
export class Ledger {
  readonly #options: RoundOptions;
  readonly #before: Map<string, Tree>;

  /** Writes the workflow, and something that has to be sent anew. */
  constructor(options: RoundOptions) {
    this.#options = options;
    const { directory, tasks, token } = options;
    rmSync(join(directory, ".sloth/runs"), { recursive: true, force: true });
    mkdirSync(join(directory, ".sloth/journal"), { recursive: true, mode: 0o700 });
    writeFileSync(join(directory, "sent"), randomBytes(SENT_BYTES));
    writeWorkflow(directory, `-- ${token}\n${this.#workflow()}`);
    this.#before = new Map([...tasks, "."].map((part) => [part, this.#treeOf(part)]));
  }

  /** The state of what a task changes. */
  stateOf(task: string): "old" | "new" | "neither" {
    const now = this.#treeOf(task);
    if (isSame(now, changedTree(this.#options.token))) return "new";
    return isSame(now, this.#before.get(task) ?? new Map()) ? "old" : "neither";
  }

  /** Whether all that no task changes is as it was. */
  get isRestUntouched(): boolean {
    return isSame(this.#treeOf("."), this.#before.get(".") ?? new Map());
  }

  /** How often a task has begun. */
  startsOf(task: string): number {
    const file = this.#countFile(task);
    return existsSync(file) ? readFileSync(file, "utf8").length / 2 : 0;
  }

  /** What is recorded of what a task printed, in the newest run that has any of it. */
  logOf(task: string): "whole" | "beginning" | "damaged" {
    const runs = join(this.#options.directory, ".sloth/runs");
    const logs = (existsSync(runs) ? readdirSync(runs) : [])
      .sort()
      .reverse()
      .map((run) => join(runs, run, "logs/g", `${task}.log`));
    const newest = logs.find((location) => existsSync(location));
    const text = newest ? readFileSync(newest, "utf8") : "";
    if (text === WHOLE_LOG) return "whole";
    return WHOLE_LOG.startsWith(text) ? "beginning" : "damaged";
  }

  #workflow(): string {
    const { tasks, agent, onLost } = this.#options;
    const list = tasks.map(
      (task) =>
        `{ name = "${task}", delegate_to = "${agent}", on_agent_lost = "${onLost}", command = [[${this.#command(task)}]] }`,
    );
    return `TaskDefinitions = { g = { tasks = { ${list.join(",\n")} } } }`;
  }

  #command(task: string): string {
    const { token, mark } = this.#options;
    return [
      `echo 1 >> ${this.#countFile(task)}`,
      `sleep ${mark} &`,
      `for i in $(seq ${NUMBERS / 100}); do seq $((i * 100 - 99)) $((i * 100)); sleep 0.02; done`,
      `mkdir -p ${task}; cd ${task}; rm -f new-*`,
      `for i in $(seq ${REWRITTEN_FILES}); do echo ${token} > kept-$i; done`,
      `for i in $(seq ${NEW_FILES}); do echo ${token} > new-${token}-$i; done`,
      `yes ${token} | head -c ${BIG_BYTES} > big`,
      "echo end",
    ].join("\n");
  }

  #countFile(task: string): string {
    return join(this.#options.counts, `${this.#options.token}-${task}`);
  }

  /** Of a task's directory, or of all that belongs to no task (`.`). */
  #treeOf(part: string): Tree {
    const { directory, tasks } = this.#options;
    const skipped = part === "." ? [".sloth", ...tasks] : [];
    const tree = new Map<string, string>();
    const location = join(directory, part);
    if (!existsSync(location)) return tree;
    for (const entry of readdirSync(location, { withFileTypes: true })) {
      if (skipped.includes(entry.name)) continue;
      tree.set(entry.name, entry.isFile() ? digestOf(readFileSync(join(location, entry.name))) : "directory");
    }
    return tree;
  }
}

function changedTree(token: string): Tree {
  const line = digestOf(`${token}\n`);
  const big = `${token}\n`.repeat(BIG_BYTES / (token.length + 1) + 1).slice(0, BIG_BYTES);
  return new Map([
    ...Array.from({ length: REWRITTEN_FILES }, (_, index) => [`kept-${index + 1}`, line] as const),
    ...Array.from({ length: NEW_FILES }, (_, index) => [`new-${token}-${index + 1}`, line] as const),
    ["big", digestOf(big)],
  ]);
}

function digestOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function isSame(one: Tree, other: Tree): boolean {
  return one.size === other.size && [...one].every(([path, digest]) => other.get(path) === digest);
}
