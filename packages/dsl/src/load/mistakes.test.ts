import { chmodSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { caught, loadError, temporaryDirectory, writeWorkflow } from "../testing/workflow-files.js";
import { loadWorkflow } from "./load-workflow.js";

/** A workflow whose one task, in line 4, has these fields. */
const task = (fields: string): string => `TaskDefinitions = {\ng = {\ntasks = {\n{ ${fields} }\n}\n}\n}`;
const group = (fields: string): string => `TaskDefinitions = {\ng = { tasks = {},\n ${fields} }\n}`;

/** Columns are tested elsewhere (columns.test.ts). */
const withoutColumns = ({ message }: Error): string => message.replace(/^(workflow\.lua:\d+):\d+:/gm, "$1:");

const inTask = (field: string, message: string): string =>
  `workflow.lua:4: group "g", task "t", field "${field}": ${message}`;
const inGroup = (field: string, message: string): string =>
  `workflow.lua:3: group "g", field "${field}": ${message}`;

describe("a mistake in a task", () => {
  it.each([
    ["timeot = 1", inTask("timeot", 'unknown field "timeot". Did you mean "timeout"?')],
    ["colour = 1", inTask("colour", 'unknown field "colour"')],
    ["run_if = {}", inTask("run_if", "must be a shell command or a function, got a table")],
    ["abort_if = ''", inTask("abort_if", "must be a shell command or a function, got an empty string")],
    ["pre_exec = 'x'", inTask("pre_exec", "must be a function, got a string")],
    ["on_failure = true", inTask("on_failure", "must be a function, got the boolean true")],
    ["async = 'yes'", inTask("async", "must be true or false, got a string")],
    ["retry_delay = {}", inTask("retry_delay", 'must be a duration such as "90s", or a number of seconds')],
    [
      "retry_backoff = 'lineer'",
      inTask(
        "retry_backoff",
        'must be "fixed", "linear" or "exponential", got "lineer". Did you mean "linear"?',
      ),
    ],
    ["on_agent_lost = 'panic'", inTask("on_agent_lost", 'must be "fail", "retry" or "wait", got "panic"')],
    ["env = 'A=1'", inTask("env", "must be a table of names and strings, got a string")],
    ["env = { A = {} }", inTask("env", "A must be a string, got a table")],
    ["env = { ['A=B'] = 'x' }", inTask("env", 'has the impossible name "A=B"')],
    ["artifacts = 5", inTask("artifacts", "must be a name or a list of names, got the number 5")],
    [
      "next_if_fail = 'u'",
      inTask(
        "next_if_fail",
        'handles the failure of "u", which does not exist in this group. Did you mean "t"?',
      ),
    ],
    ["protect = {}", inTask("protect", '"protect" is a field of the group, not of a task')],
    ["description = 5", inTask("description", "must be a string, got the number 5")],
    [
      "depends_on = { 1 }",
      inTask("depends_on", "must be a name or a list of names, got a list with the number 1 in it"),
    ],
    ["depends_on = { a = 1 }", inTask("depends_on", "must be a name or a list of names, got a table")],
    ["depends_on = true", inTask("depends_on", "must be a name or a list of names, got the boolean true")],
    ["params = 'x'", inTask("params", "must be a table with names, got a string")],
    ["params = { 1, 2 }", inTask("params", "must be a table with names, got a list")],
    ["params = { a = { print } }", inTask("params", "params.a[1] is a function, which is not data")],
    [
      "params = { a = { 1, b = 2 } }",
      inTask("params", "TaskDefinitions.g.tasks[1].params.a mixes list items and named fields"),
    ],
    ["timeout = true", inTask("timeout", 'must be a duration such as "90s", or a number of seconds')],
    ["timeout = '90'", inTask("timeout", '"90" has no unit; write "90s"')],
    ["timeout = 0", inTask("timeout", "must be longer than zero, got 0")],
    ["retries = -1", inTask("retries", "must be a whole number, zero or more, got the number -1")],
    ["retries = 1.5", inTask("retries", "must be a whole number, zero or more, got the number 1.5")],
    ["retries = '1'", inTask("retries", "must be a whole number, zero or more, got a string")],
    ["workdir = ''", inTask("workdir", "is empty; leave it out or name a directory")],
    ["workdir = {}", inTask("workdir", "must be a string, got a table")],
    ["delegate_to = 'host:99999'", inTask("delegate_to", '"host:99999" has a port outside of 1 to 65535')],
    ["delegate_to = { labels = {} }", inTask("delegate_to", "labels is empty; name at least one")],
  ])("%s", async (field, message) => {
    const error = await loadError(task(`name = "t", command = "x", ${field}`));
    expect(error.code).toBe("INVALID_WORKFLOW");
    expect(withoutColumns(error)).toBe(message);
  });

  it.each([
    [
      'command = "x"',
      'workflow.lua:4: group "g", task "#1", field "name": is missing: a task in a list needs a name',
    ],
    [
      'name = 5, command = "x"',
      'workflow.lua:4: group "g", task "#1", field "name": must be a string, got the number 5',
    ],
    [
      'name = "", command = "x"',
      'workflow.lua:4: group "g", task "", field "name": must not be empty or contain control characters',
    ],
    ['name = "t"', inTask("command", "is missing: a task needs a command")],
    ['name = "t", command = 5', inTask("command", "must be a shell command or a function, got the number 5")],
    [
      'name = "t", command = " "',
      inTask("command", "must be a shell command or a function, got an empty string"),
    ],
    [
      'name = "t", command = "\\xff"',
      inTask("command", "must be a shell command or a function, got a string that is not valid UTF-8"),
    ],
    ['name = "t", command = {}', inTask("command", "must be a shell command or a function, got a table")],
  ])("%s", async (fields, message) => {
    expect(withoutColumns(await loadError(task(fields)))).toBe(message);
  });

  it("is reported together with all others, at its own line", async () => {
    const error = await loadError(`TaskDefinitions = {
      g = {
        descripton = "x",
        tasks = {
          { name = "a",
            command = "x",
            timeout = "soon" },
          { name = "b", command = "x",
            depends_on = { "c" } },
        },
      },
    }`);
    expect(error.diagnostics).toEqual([
      {
        file: "workflow.lua",
        line: 3,
        column: 9,
        source: '        descripton = "x",',
        group: "g",
        field: "descripton",
        message: 'unknown field "descripton". Did you mean "description"?',
      },
      {
        file: "workflow.lua",
        line: 7,
        column: 13,
        source: '            timeout = "soon" },',
        group: "g",
        task: "a",
        field: "timeout",
        message: expect.stringContaining('"soon" is not a duration'),
      },
      {
        file: "workflow.lua",
        line: 9,
        column: 28,
        source: '            depends_on = { "c" } },',
        group: "g",
        task: "b",
        field: "depends_on",
        message: expect.stringContaining('depends on "c"'),
      },
    ]);
    expect(error.message.split("\n")).toHaveLength(3);
  });

  it("is shown with 49 others at most, and all are in the diagnostics", async () => {
    const tasks = Array.from({ length: 2000 }, (_, i) => `t${i} = { command = "x", depends_on = "u${i}" }`);
    const error = await loadError(`TaskDefinitions = { g = { tasks = { ${tasks.join(",\n")} } } }`);
    expect(error.diagnostics).toHaveLength(2000);
    expect(error.message.split("\n")).toHaveLength(51);
    expect(error.message).toMatch(/… and 1950 more$/);
  });

  it("has the line of its function where the source shows no other", async () => {
    const error = await loadError(`local t = {}
      t[1] = {
        name = "t", colour = 1, command = function() end }
      TaskDefinitions = { g = { tasks = t } }`);
    expect(error.diagnostics).toMatchObject([{ line: 3, task: "t", field: "colour" }]);
  });
});

describe("a mistake in dependencies", () => {
  const tasks = (...lines: string[]): string =>
    `TaskDefinitions = { g = { tasks = {\n${lines.join(",\n")}\n} } }`;

  it("is a name that is used twice", async () => {
    const error = await loadError(tasks('{ name = "a", command = "x" }', '{ name = "a", command = "y" }'));
    expect(withoutColumns(error)).toBe(
      'workflow.lua:3: group "g", task "a", field "name": is used twice, first in line 2',
    );
  });

  it("is a key that is written twice, which Lua would hide", async () => {
    const error = await loadError(tasks('a = { command = "x" }', 'a = { command = "y" }'));
    expect(withoutColumns(error)).toBe(
      'workflow.lua:3: group "g", task "a": is defined twice, first in line 2',
    );
  });

  it("is a name that does not exist", async () => {
    const error = await loadError(
      tasks('{ name = "build", command = "x" }', '{ name = "d", command = "y",\ndepends_on = "biuld" }'),
    );
    expect(withoutColumns(error)).toBe(
      'workflow.lua:4: group "g", task "d", field "depends_on": depends on "biuld", which does not exist in this group. Did you mean "build"?',
    );
  });

  it("is a cycle, which is listed whole", async () => {
    const error = await loadError(
      tasks(
        'a = { command = "x", depends_on = "c" }',
        'b = { command = "x", depends_on = "a" }',
        'c = { command = "x", depends_on = "b" }',
      ),
    );
    expect(withoutColumns(error)).toBe(
      'workflow.lua:2: group "g", task "a", field "depends_on": the dependencies form a cycle: a -> c -> b -> a',
    );
  });

  it("is a task that depends on itself", async () => {
    const error = await loadError(tasks('a = { command = "x", depends_on = "a" }'));
    expect(error.message).toContain("a -> a");
  });
});

describe("a mistake in a group", () => {
  it.each([
    ["env = 5", inGroup("env", "must be a table of names and strings, got the number 5")],
    ["max_parallel = 0", inGroup("max_parallel", "must be a whole number, at least 1, got the number 0")],
    [
      "create_workdir_before_run = 1",
      inGroup("create_workdir_before_run", "must be true or false, got the number 1"),
    ],
    ["clean_workdir_after_run = 'x'", inGroup("clean_workdir_after_run", "must be a function, got a string")],
    ["workdr = 'x'", inGroup("workdr", 'unknown field "workdr". Did you mean "workdir"?')],
    ["workdir = 1", inGroup("workdir", "must be a string, got the number 1")],
    ["delegate_to = 'a:b'", inGroup("delegate_to", '"a:b" has a port that is not a number')],
    [
      "on_conflict = 'thiers'",
      inGroup("on_conflict", 'must be "fail", "theirs" or "ours", got "thiers". Did you mean "theirs"?'),
    ],
    [
      "on_conflict = true",
      inGroup("on_conflict", 'must be "fail", "theirs" or "ours", got the boolean true'),
    ],
    ["external_symlinks = 'x'", inGroup("external_symlinks", 'must be "refuse" or "keep", got "x"')],
    ["allow_delete_all = 'yes'", inGroup("allow_delete_all", "must be true or false, got a string")],
    ["sync_git = 1", inGroup("sync_git", "must be true or false, got the number 1")],
    ["keep_ignored = {}", inGroup("keep_ignored", "must be true or false, got a table")],
    ["gitignore = 'true'", inGroup("gitignore", "must be true or false, got a string")],
    ["git_ignore = true", inGroup("git_ignore", 'unknown field "git_ignore". Did you mean "gitignore"?')],
    ["protect = 5", inGroup("protect", "must be a list of patterns, got the number 5")],
    ["protect = { git = true }", inGroup("protect", "must be a list of patterns, got a table")],
    [
      "ignore = { 'a', 5 }",
      inGroup("ignore", "must be a list of patterns, got a list with the number 5 in it"),
    ],
    ["ignore = ''", inGroup("ignore", 'has the empty pattern ""')],
    [
      "protect = { '!.sloth' }",
      inGroup("protect", 'has the pattern "!.sloth": sloth\'s own files are always protected'),
    ],
    [
      "ignore = { '../x' }",
      inGroup("ignore", 'has the pattern "../x", which leads out of the working directory'),
    ],
    [
      "limits = '2GiB'",
      inGroup("limits", 'must be a table such as { bytes = "2GiB", files = 10000 }, got a string'),
    ],
    ["limits = { byte = 1 }", inGroup("limits", 'unknown field "byte". Did you mean "bytes"?')],
    ["limits = { bytes = '2G' }", inGroup("limits", 'bytes "2G" has an unknown unit; write "2GiB"')],
    ["limits = { bytes = 0 }", inGroup("limits", "bytes must be at least one byte, got 0")],
    [
      "limits = { files = 1.5 }",
      inGroup("limits", "files must be a whole number of at least 1, got the number 1.5"),
    ],
  ])("%s", async (fields, message) => {
    expect(withoutColumns(await loadError(group(fields)))).toBe(message);
  });

  it.each([
    ["g = 5", 'workflow.lua:2: group "g": a group must be a table with a field "tasks", got the number 5'],
    ["g = {}", 'workflow.lua:2: group "g": has no field "tasks"'],
    [
      "g = { tasks = 1 }",
      'workflow.lua:2: group "g", field "tasks": must be a list or a map of tasks, got the number 1',
    ],
    ["g = { tasks = { 'x' } }", 'workflow.lua:2: group "g", task "#1": a task must be a table, got a string'],
    [
      "g = { tasks = { { name = 'a', command = 'x' }, nil, { name = 'b', command = 'x' } } }",
      'workflow.lua:2: group "g", task "#2": a task must be a table, got nil',
    ],
    [
      "g = { tasks = { { name = 'a', command = 'x' }, b = { command = 'x' } } }",
      'workflow.lua:2: group "g", field "tasks": TaskDefinitions.g.tasks mixes list items and named fields',
    ],
    [
      "g = { tasks = {} },\ng = { tasks = {} }",
      'workflow.lua:3: group "g": is defined twice, first in line 2',
    ],
  ])("%s", async (groups, message) => {
    expect(withoutColumns(await loadError(`TaskDefinitions = {\n${groups}\n}`))).toBe(message);
  });

  it.each([
    ["x = 1", "workflow.lua:1: the workflow defines no groups"],
    ["\n\nTaskDefinitions = {}", "workflow.lua:3: TaskDefinitions is empty"],
    ["TaskDefinitions = { {} }", "TaskDefinitions must be a map of group name to group, got a list"],
    ["TaskDefinitions = 5", "TaskDefinitions must be a map of group name to group, got the number 5"],
    ["TaskDefinitions = { g = {}, 1 }", "TaskDefinitions mixes list items and named fields"],
    ["TaskDefinitions = {} ModernDSLs = {}", "both TaskDefinitions and ModernDSLs are set"],
    [
      "TaskDefinitions = {} TaskDefinitions.g = TaskDefinitions",
      "TaskDefinitions.g is a table that contains itself",
    ],
    ["x = Modern DSLs = {}", "the workflow defines no groups"],
  ])("%s", async (source, message) => {
    const error = await loadError(source);
    expect(error.code).toBe("INVALID_WORKFLOW");
    expect(withoutColumns(error)).toContain(message);
  });
});

describe("a file that does not load", () => {
  it.each([
    ["x = = 1", 1, "unexpected symbol near '='"],
    ["x = 1\ny = {\n", 3, "unexpected symbol near <eof>"],
    ["Modern DSLs = {\n g = {{\n}", 3, "'}' expected (to close '{' at line 2) near <eof>"],
    ["\x1bLua", undefined, "attempt to load a binary chunk"],
  ])("has a syntax error with its line: %j", async (source, line, message) => {
    const error = await loadError(source);
    expect(error.code).toBe("SYNTAX");
    expect(error.diagnostics).toMatchObject([{ file: "workflow.lua" }]);
    expect(error.diagnostics[0]?.line).toBe(line);
    expect(error.message).toContain(message);
  });

  it.each([
    ["\nerror('no')", 2, "no", true],
    ["\nlocal function f() error({ code = 5 }) end\nf()", 2, "{code = 5}", true],
    ["error()", 1, "an error without a message: error(nil)", true],
    [
      "\nexec.run('ls')",
      2,
      "exec.run cannot run while the workflow is being loaded; call it inside a command function",
      true,
    ],
    ["fs.write('a', 'b')", 1, "fs.write cannot run while the workflow is being loaded", true],
    ["fs.rm('a')", 1, "fs.rm cannot run while the workflow is being loaded", true],
    [
      "\ntask('x'):run()",
      2,
      "task(…):run() cannot run while the workflow is being loaded; call it inside a command function",
      true,
    ],
    ["parallel({})", 1, "parallel cannot run while the workflow is being loaded", true],
    ["import('x')", 1, 'import: there is no file "x", which workflow.lua imports.', true],
    ["import('/x')", 1, 'import: "/x" is not a path relative to the file that imports it', true],
    ["require('x')", 1, "module 'x' not found", true],
    ["values.x = 1", 1, "values are read-only: x cannot be set", true],
  ])("has raised an error: %j", async (source, line, message) => {
    const error = await loadError(source);
    expect(error.code).toBe("SCRIPT_ERROR");
    expect(error.diagnostics[0]?.line).toBe(line);
    expect(error.diagnostics[0]?.message).toContain(message);
    expect(error.traceback).toContain(`workflow.lua:${line}:`);
    expect(error.traceback).not.toContain("[sloth]");
  });

  it("does not exist", async () => {
    const error = await caught(loadWorkflow("/nowhere/workflow.lua"));
    expect(error.code).toBe("FILE_NOT_FOUND");
    expect(error.message).toBe("Cannot read the workflow file /nowhere/workflow.lua: there is no such file");
  });

  it("is a directory", async () => {
    const error = await caught(loadWorkflow(temporaryDirectory()));
    expect(error.code).toBe("FILE_NOT_FOUND");
    expect(error.message).toContain("it is a directory");
  });

  it.skipIf(process.getuid?.() === 0)("may not be read", async () => {
    const path = writeWorkflow("");
    chmodSync(path, 0);
    expect((await caught(loadWorkflow(path))).message).toContain("permission denied");
  });
});
