import { execFileSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { startAgent } from "@sloth/agent";
import { loadWorkflow } from "@sloth/dsl";
import {
  AgentPool,
  createRemoteTaskRunner,
  emptyInventory,
  openArtifactStore,
  planRun,
  runWorkflow,
  Workspaces,
} from "@sloth/master";
import { createLocalTaskRunner, type TaskRunner } from "@sloth/runtime";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { removeTree } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

/** Long before any run, so that what a task did not touch can be told by its time. */
const PAST = Date.UTC(2001, 0, 1) / 1000;

const names = [
  "a",
  "b",
  "c d",
  "é",
  "sub/a",
  "sub/b",
  "sub/deep/a",
  "sub/deep/b",
  "x/y/z",
  "'q'",
  "-dash",
  "*",
];
const path = fc.constantFrom(...names);
const mode = fc.constantFrom(0o644, 0o600, 0o755, 0o444, 0o700);
/** Some of several files, which then travel once. */
const text = fc.oneof(fc.constantFrom("same", "other"), fc.stringMatching(/^[a-z]{0,30}$/));
const content = fc.oneof(text, fc.string({ unit: "binary", maxLength: 40 }));

type Entry =
  | { path: string; content: string; mode: number }
  | { path: string; target: string }
  | { path: string };

const entry: fc.Arbitrary<Entry> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ path, content, mode }) },
  {
    weight: 1,
    arbitrary: fc.record({ path, target: fc.constantFrom("a", "sub/b", "nowhere") }),
  },
  { weight: 1, arbitrary: fc.record({ path }) },
);

// Links stay inside the tree: one that a task makes to lead out of it is refused, which another test shows.

/** One step of an edit: a shell command over quoted paths. Whether it works depends on the tree; it does the same on equal trees. */
const step: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(path, text).map(([p, written]) => `printf %s ${quote(written)} > ${quote(p)}`),
  path.map((p) => `printf more >> ${quote(p)}`),
  path.map((p) => `truncate -s 1 -- ${quote(p)}`),
  fc.tuple(mode, path).map(([m, p]) => `chmod ${m.toString(8)} -- ${quote(p)}`),
  path.map((p) => `rm -rf -- ${quote(p)}`),
  fc.tuple(path, path).map(([from, to]) => `mv -T -- ${quote(from)} ${quote(to)}`),
  fc.tuple(path, path).map(([from, to]) => `cp -a -T -- ${quote(from)} ${quote(to)}`),
  fc
    .tuple(fc.constantFrom("a", "sub", "gone"), path)
    .map(([target, p]) => `ln -sfn -- ${target} ${quote(p)}`),
  path.map((p) => `mkdir -p -- ${quote(p)}`),
  path.map((p) => `touch -d 2010-01-01T00:00:00.123456Z -- ${quote(p)}`),
);

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function scriptOf(steps: readonly string[]): string {
  return `${steps.map((line) => `{ ${line}; } 2>/dev/null`).join("\n")}\ntrue`;
}

function plant(root: string, entries: readonly Entry[]): void {
  for (const item of entries) {
    const at = join(root, item.path);
    try {
      mkdirSync(join(at, ".."), { recursive: true });
      if ("content" in item) writeFileSync(at, item.content, { mode: item.mode, flag: "wx" });
      else if ("target" in item) symlinkSync(item.target, at);
      else mkdirSync(at);
    } catch {
      // The path is taken, or a file is in its way: the tree simply lacks it.
    }
  }
  for (const name of list(root))
    if (lstatSync(join(root, name)).isFile()) utimesSync(join(root, name), PAST, PAST);
}

function list(root: string, below = ""): string[] {
  return readdirSync(join(root, below), { withFileTypes: true })
    .filter((item) => item.name !== ".sloth")
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((item) => {
      const name = join(below, item.name);
      return item.isDirectory() ? [name, ...list(root, name)] : [name];
    });
}

/** Everything that a delegated run promises to leave as a local one does. */
function describeTree(root: string): Record<string, string> {
  const described: Record<string, string> = {};
  for (const name of list(root)) {
    const at = join(root, name);
    const stat = lstatSync(at);
    const permissions = (stat.mode & 0o777).toString(8);
    if (stat.isSymbolicLink()) described[name] = `link to ${readlinkSync(at)}`;
    else if (stat.isDirectory()) described[name] = `directory ${permissions}`;
    else {
      const age = stat.mtimeMs < Date.UTC(2015) ? stat.mtime.toISOString() : "new";
      described[name] = `file ${permissions} ${age} ${readFileSync(at).toString("base64")}`;
    }
  }
  return described;
}

describe("a delegated task", () => {
  const pool = new AgentPool();
  const workspaces = new Workspaces();
  let agent: Awaited<ReturnType<typeof startAgent>>;
  let local: ReturnType<typeof createLocalTaskRunner>;
  let remote: TaskRunner;

  beforeAll(async () => {
    agent = await startAgent({ port: 0, stateDirectory: makeDirectory() });
    local = createLocalTaskRunner();
    remote = createRemoteTaskRunner({
      pool,
      workspaces,
      target: { label: "agent", host: "localhost", port: agent.port },
    });
  });

  afterAll(async () => {
    await pool.close();
    await local.close();
    await agent.stop();
  });

  async function run(runner: TaskRunner, directory: string, file: string): Promise<string> {
    const plan = await planRun(await loadWorkflow(file), { inventory: emptyInventory });
    const statuses: string[] = [];
    for (const group of plan.groups) {
      for (const task of group.tasks) Object.assign(task, { workspace: directory });
    }
    await runWorkflow(plan, {
      runnerFor: () => runner,
      here: local,
      artifacts: openArtifactStore(async () => makeDirectory()),
      emit: (event) => {
        if (event.type === "task-finished")
          statuses.push(`${event.result.status} ${event.result.message ?? ""}`);
      },
      signal: new AbortController().signal,
      jobs: 1,
      keepGoing: false,
    });
    return statuses.join();
  }

  it("leaves exactly the tree that the same task leaves when it runs here, each time after other edits here", async () => {
    const scripts = makeDirectory();
    const steps = fc.array(step, { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { maxLength: 12 }),
        fc.array(fc.record({ edits: fc.array(step, { maxLength: 4 }), steps }), {
          minLength: 1,
          maxLength: 3,
        }),
        async (entries, rounds) => {
          const [here, there] = [makeDirectory(), makeDirectory()];
          for (const root of [here, there]) {
            writeFileSync(join(root, "kept"), "always there");
            plant(root, entries);
          }
          for (const { edits, steps } of rounds) {
            for (const cwd of [here, there]) execFileSync("bash", ["-c", scriptOf(edits)], { cwd });
            const file = writeWorkflow(
              scripts,
              `TaskDefinitions = { g = { tasks = { { name = "edit", command = [==[\n${scriptOf(steps)}\n]==] } } } }`,
            );

            expect(await run(local, here, file)).toMatch(/^succeeded/);
            expect(await run(remote, there, file)).toMatch(/^succeeded/);

            expect(describeTree(there)).toEqual(describeTree(here));
          }
          removeTree(here);
          removeTree(there);
        },
      ),
      { numRuns: Number(process.env.SLOTH_PROPERTY_RUNS ?? 20) },
    );
  });

  it("rewrites shorter, chmods, deletes, renames, links and makes an empty directory as here", async () => {
    const script = [
      "printf short > long.txt",
      "chmod 755 tool",
      "rm doomed",
      "mv old-name new-name",
      "ln -s long.txt link",
      "mkdir empty",
      "rm -r dir",
      "echo new > added",
    ].join("\n");
    const scripts = makeDirectory();
    const file = writeWorkflow(
      scripts,
      `TaskDefinitions = { g = { tasks = { { name = "edit", command = [==[\n${script}\n]==] } } } }`,
    );
    const [here, there] = [makeDirectory(), makeDirectory()];
    for (const root of [here, there]) {
      execFileSync(
        "sh",
        [
          "-c",
          "printf %0200d 0 > long.txt; echo t > tool; echo d > doomed; echo r > old-name; mkdir dir; echo f > dir/f",
        ],
        { cwd: root },
      );
    }

    expect(await run(local, here, file)).toMatch(/^succeeded/);
    expect(await run(remote, there, file)).toMatch(/^succeeded/);

    expect(describeTree(there)).toEqual(describeTree(here));
    expect(Object.keys(describeTree(there))).toEqual([
      "added",
      "empty",
      "link",
      "long.txt",
      "new-name",
      "tool",
    ]);
  });
});

const made: string[] = [];
afterAll(() => made.forEach(removeTree));

/** Outlives the test that makes it. */
function makeDirectory(): string {
  const directory = execFileSync("mktemp", ["-d", "-t", "sloth-e2e-XXXXXX"], { encoding: "utf8" }).trim();
  made.push(directory);
  return directory;
}
