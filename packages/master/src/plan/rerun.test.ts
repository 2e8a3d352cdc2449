import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadWorkflow, taskDefinitions } from "@sloth/dsl";
import { describe, expect, it, onTestFinished } from "vitest";
import type { RunRecord, TaskRecord } from "../run-store/run-record.js";
import { chooseRerun } from "./rerun.js";

interface Ending {
  /** A status, or why it was skipped. */
  [task: string]: string;
}

const WHY = ["dependency", "halted", "not-needed", "cancelled-before", "condition"];

async function load(text: string) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "sloth-rerun-")));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, "w.lua"), text);
  return loadWorkflow(join(directory, "w.lua"));
}

/** What is chosen of a run of `before` that ended so, when the workflow is `text` now. */
async function rerun(text: string, ending: Ending, before = text) {
  const earlier = await load(before);
  const definitionOf = taskDefinitions(earlier);
  const tasks = earlier.workflow.groups.flatMap(({ name: group, tasks }) =>
    tasks.flatMap(({ name: task, dependsOn }): TaskRecord[] => {
      const end = ending[task];
      if (end === undefined) return [];
      const why = WHY.includes(end)
        ? { status: "skipped" as const, why: end.replace("-before", "") }
        : undefined;
      const ended = why ?? { status: end as TaskRecord["status"] };
      return [{ group, task, dependsOn, definition: definitionOf(group, task), ...ended }];
    }),
  );
  tasks.push({ group: "g", task: "on_complete", dependsOn: [], status: "pending" });
  const record = { runId: "R", tasks } as unknown as RunRecord;
  const loaded = await load(text);
  return chooseRerun({ groups: loaded.workflow.groups, record, definitionOf: taskDefinitions(loaded) });
}

async function again(...args: Parameters<typeof rerun>): Promise<string[]> {
  return [...(await rerun(...args)).again].map(({ name }) => name);
}

const group = (tasks: string, more = "") => `TaskDefinitions = { g = { ${more} tasks = { ${tasks} } } }`;
const task = (name: string, more = "") => `{ name = "${name}", command = "true", ${more} }`;

const chain = group(
  [task("a"), task("b", 'depends_on = "a"'), task("c", 'depends_on = "b"'), task("d")].join(", "),
);
const handled = group(
  [task("a"), task("h", 'next_if_fail = "a"'), task("x", 'depends_on = "h"'), task("b")].join(", "),
);

describe("what runs again", () => {
  it.each<[string, string, Ending, string[]]>([
    [
      "a failure and what was skipped by it",
      chain,
      { a: "succeeded", b: "failed", c: "dependency", d: "succeeded" },
      ["b", "c"],
    ],
    [
      "what depends on it, though it succeeded",
      chain,
      { a: "lost", b: "succeeded", c: "succeeded", d: "succeeded" },
      ["a", "b", "c"],
    ],
    [
      "what never started, or never ended",
      chain,
      { a: "succeeded", b: "running", c: "pending", d: "halted" },
      ["b", "d", "c"],
    ],
    [
      "what was cancelled or out of time",
      chain,
      { a: "cancelled", b: "cancelled-before", c: "dependency", d: "timed-out" },
      ["a", "b", "c", "d"],
    ],
    [
      "nothing after a success",
      chain,
      { a: "succeeded", b: "condition", c: "succeeded", d: "succeeded" },
      [],
    ],
    [
      "the handler of a failure, and what waits for it",
      handled,
      { a: "failed", h: "succeeded", x: "succeeded", b: "succeeded" },
      ["a", "h", "x"],
    ],
    [
      "no handler without its failure",
      handled,
      { a: "succeeded", h: "pending", x: "pending", b: "failed" },
      ["x", "b"],
    ],
    ["nothing that was not part of the run", chain, { a: "failed", d: "succeeded" }, ["a"]],
    [
      "all in a fresh directory",
      group([task("a"), task("b")].join(", "), "create_workdir_before_run = true,"),
      { a: "succeeded", b: "failed" },
      ["a", "b"],
    ],
  ])("is %s", async (_, text, ending, names) => {
    expect((await again(text, ending)).sort()).toEqual([...names].sort());
  });

  it("may have been mended, and may have moved in the file", async () => {
    const before = group(
      `${task("a")}, { name = "b", command = function() return true end }, ${task("c", 'depends_on = "a"')}`,
    );
    const after = before
      .replace("TaskDefinitions", "\n\nTaskDefinitions")
      .replace('name = "c", command = "true"', 'name = "c", command = "exit 0"');
    expect(await again(after, { a: "succeeded", b: "succeeded", c: "failed" }, before)).toEqual(["c"]);
  });

  it("is refused where what succeeded is another one now, or gone, or not enough", async () => {
    const ending = { a: "succeeded", b: "failed", c: "dependency", d: "succeeded" };
    const refused = (text: string) =>
      again(text, ending, chain).then(
        () => "",
        (error: Error) => error.message,
      );
    const other = chain.replace('name = "a", command = "true"', 'name = "a", command = "false"');
    expect(await refused(other)).toContain(
      "run R: task g/a succeeded there and is another one now. Run it without",
    );
    expect(await refused(chain.replace(`, ${task("d")}`, ""))).toContain("task g/d is gone");
    const more = chain
      .replace('depends_on = "a"', 'depends_on = { "a", "n" }')
      .replace(task("d"), `${task("d")}, ${task("n")}`);
    expect(await refused(more)).toContain("task g/b depends on n, which was not part of it");
  });

  it("leaves out what was not chosen then, and says what that is", async () => {
    const { outside, groups } = await rerun(chain, { b: "failed", c: "dependency" });
    expect(outside).toEqual(["g/a", "g/d"]);
    expect(groups[0]?.tasks.map(({ dependsOn }) => dependsOn)).toEqual([[], ["b"]]);
  });
});
