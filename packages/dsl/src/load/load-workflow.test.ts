import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { load, writeWorkflow } from "../testing/workflow-files.js";
import { loadWorkflow } from "./load-workflow.js";

const documented = (name: string): string =>
  readFileSync(new URL(`../../../../examples/documented/${name}.lua`, import.meta.url), "utf8");

const names = (loaded: Awaited<ReturnType<typeof load>>): string[] =>
  loaded.workflow.groups.map((group) => `${group.name}: ${group.tasks.map((task) => task.name).join(" ")}`);

describe("the documents' examples", () => {
  it.each([
    ["as they are", (text: string) => text],
    ["with CRLF", (text: string) => text.replaceAll("\n", "\r\n")],
    ["with a byte order mark", (text: string) => `\ufeff${text}`],
  ])("load %s", async (_, change) => {
    const { workflow } = await load(change(documented("task-level")));
    const [group] = workflow.groups;
    expect(group).toMatchObject({ name: "my_group", at: { file: "workflow.lua", line: 2 } });
    expect(group?.tasks).toMatchObject([
      {
        name: "specific_remote_task",
        delegateTo: { kind: "address", host: "192.168.1.100", port: 50051 },
        command: { kind: "lua", at: { file: "workflow.lua", line: 9 } },
        at: { line: 5 },
      },
      {
        name: "local_task",
        command: { kind: "shell", script: "echo 'Olá da máquina local!'" },
        at: { line: 14 },
      },
    ]);
  });

  it("load with a shebang, one line further down", async () => {
    const { workflow } = await load(`#!/usr/bin/env sloth\n${documented("group-level")}`);
    expect(workflow.groups).toMatchObject([
      {
        name: "my_distributed_group",
        delegateTo: { kind: "address", host: "localhost", port: 50051 },
        at: { line: 3 },
        tasks: [{ name: "remote_hello", command: { at: { line: 11 } } }],
      },
    ]);
  });
});

describe("loadWorkflow", () => {
  it("reads every field", async () => {
    const { workflow, bundle, directory } = await loadWorkflow(
      writeWorkflow(
        `TaskDefinitions = { build = {
          description = "all of it", workdir = "src", delegate_to = "farm",
          tasks = {
            { name = "a", command = "make", params = { n = 1, list = { true, "x" } }, timeout = "1h30m",
              retries = 2, workdir = "sub", description = "first", delegate_to = false },
            { name = "b", command = function() return true end, depends_on = "a" },
            { name = "c", command = "x", depends_on = { "a", "b", "a" }, timeout = 1.5,
              delegate_to = { address = "[::1]" } },
          } } }`,
        "pipeline.lua",
      ),
    );
    expect(workflow).toEqual({
      file: "pipeline.lua",
      modelHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      groups: [
        {
          name: "build",
          description: "all of it",
          workdir: "src",
          delegateTo: { kind: "name", name: "farm" },
          at: { file: "pipeline.lua", line: 1 },
          tasks: [
            {
              name: "a",
              description: "first",
              command: { kind: "shell", script: "make" },
              dependsOn: [],
              params: { n: 1, list: [true, "x"] },
              timeoutMs: 5_400_000,
              retries: 2,
              workdir: "sub",
              delegateTo: false,
              at: { file: "pipeline.lua", line: 4 },
            },
            {
              name: "b",
              command: { kind: "lua", at: { file: "pipeline.lua", line: 6 } },
              dependsOn: ["a"],
              params: {},
              retries: 0,
              at: { file: "pipeline.lua", line: 6 },
            },
            {
              name: "c",
              command: { kind: "shell", script: "x" },
              dependsOn: ["a", "b"],
              params: {},
              retries: 0,
              timeoutMs: 1500,
              delegateTo: { kind: "address", host: "::1", port: 50051 },
              at: { file: "pipeline.lua", line: 7 },
            },
          ],
        },
      ],
    });
    expect([...bundle.files.keys()]).toEqual(["pipeline.lua"]);
    expect(directory.startsWith("/")).toBe(true);
  });

  it("reads what a group says of its working directory, and leaves out what it does not say", async () => {
    const { workflow } = await load(`TaskDefinitions = {
      all = { tasks = {}, on_conflict = "theirs", external_symlinks = "keep", allow_delete_all = true,
        protect = { "/secret", "!.git", "/secret" }, sync_git = true, keep_ignored = true, ignore = "*.o",
        gitignore = true, limits = { bytes = "2GiB", files = 10 } },
      some = { tasks = {}, sync_git = false, ignore = {}, limits = { bytes = 5 } },
      none = { tasks = {}, limits = {} },
    }`);
    const settings = workflow.groups.map(({ workspace }) => workspace);
    expect(settings).toEqual([
      {
        onConflict: "theirs",
        externalSymlinks: "keep",
        allowDeleteAll: true,
        protect: ["/secret", "!.git", "/secret"],
        syncGit: true,
        keepIgnored: true,
        ignore: ["*.o"],
        gitignore: true,
        maxBytes: 2 * 1024 ** 3,
        maxFiles: 10,
      },
      { syncGit: false, ignore: [], maxBytes: 5 },
      undefined,
    ]);
  });

  it("keeps groups and tasks of one line in the order of the source", async () => {
    const tasks = Array.from({ length: 20 }, (_, index) => `t${index * 7} = { command = "x" }`).join(", ");
    const groups = Array.from({ length: 20 }, (_, index) => `g${index * 7} = { tasks = { ${tasks} } }`);
    const { workflow } = await load(`TaskDefinitions = { ${groups.join(", ")} }`);
    const numbers = (items: { name: string }[]) => items.map(({ name }) => Number(name.slice(1)));
    const sevens = Array.from({ length: 20 }, (_, index) => index * 7);
    expect(numbers(workflow.groups)).toEqual(sevens);
    expect(numbers(workflow.groups[19]?.tasks ?? [])).toEqual(sevens);
  });

  it("keeps groups and tasks of a map in the order of the source", async () => {
    const groups = Array.from({ length: 30 }, (_, i) => `g${(i * 7) % 30}`);
    const tasks = groups.map((name) => `${name} = { command = "x" }`).join(",\n");
    const loaded = await load(
      `TaskDefinitions = {${groups.map((g) => `${g} = { tasks = {${tasks}} }`).join(",\n")}}`,
    );
    expect(names(loaded)).toEqual(groups.map((group) => `${group}: ${groups.join(" ")}`));
  });

  it("orders what was not written as a literal by its functions, then by name", async () => {
    const loaded = await load(`local groups = {}
      groups.z = { tasks = { { name = "t", command = function() end } } }
      groups.a = { tasks = { { name = "t", command = function() end } } }
      groups.y = { tasks = { t = { command = "x" } } }
      groups.b = { tasks = { t = { command = "x" } } }
      TaskDefinitions = groups`);
    expect(names(loaded)).toEqual(["z: t", "a: t", "b: t", "y: t"]);
  });

  it("follows groups that are added one by one", async () => {
    const loaded = await load(`TaskDefinitions = {}
      TaskDefinitions.z = { tasks = { { name = "t", command = "x" } } }
      TaskDefinitions["a"] = { tasks = { { name = "u", command = "x" } } }`);
    expect(names(loaded)).toEqual(["z: t", "a: u"]);
    expect(loaded.workflow.groups[1]?.tasks[0]?.at.line).toBe(3);
  });

  it.each(["TaskDefinitions", "ModernDSLs", "Modern DSLs", "Modern_DSLs"])(
    "takes %s for the groups",
    async (name) => {
      expect(names(await load(`${name} = { g = { tasks = { t = { command = "x" } } } }`))).toEqual(["g: t"]);
    },
  );

  it("takes two names of one table", async () => {
    const source =
      'TaskDefinitions = { g = { tasks = { t = { command = "x" } } } } ModernDSLs = TaskDefinitions';
    expect(names(await load(source))).toEqual(["g: t"]);
  });

  it("leaves the two words alone where they are not code", async () => {
    const { workflow } = await load(`Modern DSLs = { g = { description = [[
      Modern DSLs = {]], tasks = { t = { command = "echo 'Modern DSLs = {'" } } } } -- Modern DSLs = {`);
    expect(workflow.groups[0]?.description).toBe("      Modern DSLs = {");
    expect(workflow.groups[0]?.tasks[0]?.command).toEqual({
      kind: "shell",
      script: "echo 'Modern DSLs = {'",
    });
  });

  it("accepts a group without tasks, since a list may come out empty", async () => {
    expect(names(await load("TaskDefinitions = { g = { tasks = {} } }"))).toEqual(["g: "]);
  });

  it("gives closures that were made in a loop their own values", async () => {
    const loaded = await load(`local tasks = {}
      for i = 1, 3 do tasks[i] = { name = "t" .. i, command = function() return true, i end, params = { i = i } } end
      TaskDefinitions = { g = { tasks = tasks } }`);
    expect(loaded.workflow.groups[0]?.tasks.map((task) => task.params)).toEqual([
      { i: 1 },
      { i: 2 },
      { i: 3 },
    ]);
  });

  it("gives a function that no file holds the place of its task", async () => {
    const { workflow } = await load(`TaskDefinitions = { g = { tasks = {
      a = { command = print },
      b = { command = load("return true") } } } }`);
    const places = workflow.groups[0]?.tasks.map((task) => task.command);
    expect(places).toEqual([2, 3].map((line) => ({ kind: "lua", at: { file: "workflow.lua", line } })));
  });

  it("hands on what the file logs and prints, and drops it without listeners", async () => {
    const source = `print("a\\0b", nil, 1.5) log.warn("careful", { n = 1 })
      TaskDefinitions = { g = { tasks = {} } }`;
    const records: unknown[] = [];
    const printed: Uint8Array[] = [];
    await load(source, { onLog: (record) => records.push(record), onPrint: (bytes) => printed.push(bytes) });
    expect(records).toEqual([{ level: "warn", message: "careful", fields: { n: 1 } }]);
    expect(Buffer.concat(printed).toString()).toBe("a\0b\tnil\t1.5\n");
    await load(source);
  });

  it("gives the same model for the same load context, whatever the file draws", async () => {
    const source = `local names, keys = {}, {}
      for i = 1, 50 do keys["k" .. i] = true end
      for key in pairs(keys) do names[#names + 1] = key end
      TaskDefinitions = { g = { description = table.concat(names) .. math.random(1e9) .. os.time() .. os.date()
        .. os.clock() .. tostring({}), tasks = {} } }`;
    const hash = async (clockMs: number) => (await load(source, { context: { clockMs } })).workflow.modelHash;
    expect(await hash(1_000_000)).toBe(await hash(1_000_000));
    expect(await hash(1_000_000)).not.toBe(await hash(2_000_000));
  });

  it("has a hash that changes with names, fields and the lines of functions", async () => {
    const base =
      'TaskDefinitions = { g = { tasks = { { name = "t", command = function() end, params = { n = 1 } } } } }';
    const variants = [
      base,
      base.replace("g =", "h ="),
      base.replace('"t"', '"u"'),
      base.replace("n = 1", "n = 2"),
      base.replace("n = 1", 'n = "1"'),
      base.replace("n = 1", "n = -0.0"),
      base.replace("command =", "\ncommand ="),
      base.replace("command =", "retries = 1, command ="),
      base.replace("tasks =", "sync_git = true, tasks ="),
      base.replace("tasks =", 'protect = { "a" }, tasks ='),
    ];
    const hashes = await Promise.all(variants.map(async (source) => (await load(source)).workflow.modelHash));
    expect(new Set(hashes).size).toBe(variants.length);
    expect((await load(`${base} -- a comment`)).workflow.modelHash).toBe(hashes[0]);
  });

  it("leaves Date.now and the process alone", async () => {
    const now = Date.now;
    await load("TaskDefinitions = { g = { tasks = {} } }", { context: { clockMs: 5 } });
    expect(Date.now).toBe(now);
  });
});
