import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

function tasks(fields: string): string {
  return `TaskDefinitions = {\n  build = {\n    tasks = {\n      ${fields}\n    },\n  },\n}\n`;
}

const MARK = `{ name = "mark", command = "touch ran" },`;

describe("a mistake in a workflow ends with 2, one message that names the place, and nothing run", () => {
  it.each([
    ["a syntax error", "TaskDefinitions = {\n  g = {\n    tasks = { {]\n  }\n}\n", /pipeline\.lua:3/],
    [
      "an unknown field",
      tasks(`${MARK}{ name = "t", comand = "true" }`),
      /pipeline\.lua:4.*"build".*"t".*comand.*command/,
    ],
    [
      "an unknown dependency",
      tasks(`${MARK}{ name = "t", command = "true", depends_on = "mrak" }`),
      /pipeline\.lua:4.*"t".*mrak.*mark/,
    ],
    [
      "a cycle",
      tasks(
        `${MARK}{ name = "a", command = "true", depends_on = "b" }, { name = "b", command = "true", depends_on = "a" }`,
      ),
      /a.*b.*a/,
    ],
    [
      "an empty host",
      tasks(`${MARK}{ name = "t", command = "true", delegate_to = ":50051" }`),
      /"t".*delegate_to.*no host/,
    ],
    [
      "a port out of range",
      tasks(`${MARK}{ name = "t", command = "true", delegate_to = { address = "localhost:70000" } }`),
      /"t".*delegate_to.*65535/,
    ],
    [
      "an address without a port",
      tasks(`${MARK}{ name = "t", command = "true", delegate_to = "localhost:" }`),
      /"t".*delegate_to/,
    ],
    ["a wrong type", tasks(`${MARK}{ name = "t", command = 42 }`), /"t".*command.*42|"t".*command.*number/],
    [
      "a bad duration",
      tasks(`${MARK}{ name = "t", command = "true", timeout = "5 parsecs" }`),
      /"t".*timeout/,
    ],
    ["no groups", "x = 1", /TaskDefinitions/],
    [
      "an unknown agent",
      tasks(`${MARK}{ name = "t", command = "true", delegate_to = "build1" }`),
      /"build1"/,
    ],
  ])("%s", async (_, text, message) => {
    const directory = temporaryDirectory();
    const { code, stdout, stderr } = await sloth(["run", "-f", writeWorkflow(directory, text)]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("    at ");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(readdirSync(directory)).toEqual(["pipeline.lua"]);
  });

  it("reports all mistakes of a file at once", async () => {
    const text = tasks(`{ name = "a", comand = "true" }, { name = "b", command = "true", timeout = {} }`);
    const { stderr } = await sloth(["validate", "-f", writeWorkflow(temporaryDirectory(), text)]);
    expect(stderr).toMatch(/"a"/);
    expect(stderr).toMatch(/"b"/);
  });

  it("is shown with its line and a caret below it", async () => {
    const text = tasks(`{ name = "t", command = "true", timeout = "5 parsecs" }`);
    const { stderr } = await sloth(["validate", "-f", writeWorkflow(temporaryDirectory(), text)]);
    const [message, line = "", caret = ""] = stderr.split("\n");
    expect(message).toMatch(/^pipeline\.lua:4:39: /);
    expect(line.slice(caret.indexOf("^"))).toBe('timeout = "5 parsecs" }');
  });

  it("brings the calls that led to an error of the script", async () => {
    const text = `local function f()\n  error("on purpose")\nend\nf()\n`;
    const { stderr } = await sloth(["validate", "-f", writeWorkflow(temporaryDirectory(), text)]);
    expect(stderr).toMatch(
      /^pipeline\.lua:2: on purpose[\s\S]*pipeline\.lua:2: in [\s\S]*pipeline\.lua:4: in main chunk/,
    );
    expect(stderr).not.toMatch(/sloth/);
  });

  it.each([
    ["a valid workflow", tasks(MARK), 0, { valid: true, groups: 1, tasks: 1, diagnostics: [] }],
    ["a mistake", "x = 1", 2, { valid: false, diagnostics: [{ file: "pipeline.lua", line: 1 }] }],
    ["an error", `print("x") error("y")`, 2, { valid: false, diagnostics: [{ line: 1, message: "y" }] }],
  ])("is one JSON document if asked for: %s", async (_, text, code, document) => {
    const file = writeWorkflow(temporaryDirectory(), text);
    const ended = await sloth(["validate", "--json", "-f", file]);
    expect(JSON.parse(ended.stdout)).toMatchObject({ file, ...document });
    expect(ended.code).toBe(code);
  });

  it("a file that does not exist, or is a directory", async () => {
    const directory = temporaryDirectory();
    const missing = await sloth(["run", "-f", join(directory, "none.lua")]);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("none.lua");
    const notFile = await sloth(["run", "-f", directory]);
    expect(notFile.code).toBe(2);
    expect(notFile.stderr).toContain("directory");
  });

  it("a working directory that does not exist", async () => {
    const directory = temporaryDirectory();
    const text = `TaskDefinitions = { g = { workdir = "gone", tasks = { { name = "t", command = "true" } } } }`;
    const { code, stderr } = await sloth(["run", "-f", writeWorkflow(directory, text)]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/working directory of group "g".*does not exist.*gone/);
  });
});

describe("wrong usage ends with 2 and one line", () => {
  it.each([
    [["run"], /-f FILE/],
    [["run", "-f"], /file|argument/i],
    [["run", "-f", "a.lua", "--jbos", "3"], /jbos/],
    [["run", "-f", "a.lua", "--jobs", "many"], /--jobs many/],
    [["run", "-f", "a.lua", "-f", "b.lua"], /more than once/],
    [["run", "-f", "a.lua", "--grace", "soon"], /--grace "soon" is not a duration/],
    [["run", "-f", "a.lua", "--grace"], /grace/],
    [["run", "-f", "a.lua", "--grace", "1s", "--grace", "2s"], /more than once/],
    [["rnu", "-f", "a.lua"], /run/],
    [[], /Say what to do: run, resume, list/],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await sloth(args);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  it("a group that does not exist names those that do", async () => {
    const file = writeWorkflow(temporaryDirectory(), tasks(MARK));
    const { code, stderr } = await sloth(["run", "-f", file, "-g", "biuld"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/"biuld".*build/);
  });

  it.each([
    ['"a:1": { adress: "b:2" }', /adress/],
    ['"a:1": { address: "b" ', /agents\.yaml:\d+:\d+/],
    ['"a:1": { address: ":2" }', /no host/],
    ["[]", /address/],
  ])("an inventory that reads %s", async (text, message) => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "agents.yaml"), text);
    const file = writeWorkflow(directory, tasks(MARK));
    const { code, stderr } = await sloth(["run", "-f", file, "--agents", join(directory, "agents.yaml")]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(existsSync(join(directory, "ran"))).toBe(false);
  });

  it("an inventory that does not exist", async () => {
    const file = writeWorkflow(temporaryDirectory(), tasks(MARK));
    const { code, stderr } = await sloth(["run", "-f", file, "--agents", "/none.yaml"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/\/none\.yaml.*does not exist/);
  });
});

describe("a workspace that cannot be sent", () => {
  it("fails the task before it starts, names the path, and ends with 1: trying again cannot help", async () => {
    const agent = await startAgent();
    const directory = temporaryDirectory();
    const file = writeWorkflow(
      directory,
      tasks(`{ name = "t", delegate_to = "${agent.address}", command = "touch ran" }`),
    );
    // Root may read everything, but no one may send a name that is not UTF-8.
    mkdirSync(join(directory, "data"));
    writeFileSync(Buffer.concat([Buffer.from(`${directory}/data/bad-`), Buffer.from([0xff])]), "x");

    const { code, stderr } = await sloth(["run", "-f", file]);

    expect(code).toBe(1);
    expect(stderr).toMatch(/data.*UTF-8/);
    expect(existsSync(join(directory, "ran"))).toBe(false);
  });

  it.skipIf(process.getuid?.() === 0)("names a file that its owner may not read", async () => {
    const agent = await startAgent();
    const directory = temporaryDirectory();
    const file = writeWorkflow(
      directory,
      tasks(`{ name = "t", delegate_to = "${agent.address}", command = "true" }`),
    );
    writeFileSync(join(directory, "secret"), "x");
    chmodSync(join(directory, "secret"), 0);
    const { code, stderr } = await sloth(["run", "-f", file]);
    expect(code).toBe(3);
    expect(stderr).toContain("secret");
  });
});

describe("what a task does wrong ends with 1", () => {
  it.each([
    ["a command that fails", `command = "exit 7"`, /failed.*7/],
    ["a command that is not there", `command = "no-such-program-here"`, /127/],
    ["a link that leads out of the tree", `command = "ln -s /etc/passwd leak"`, /leak.*\/etc\/passwd/],
    [
      "a change of .git",
      `command = "mkdir -p .git/hooks; echo x > .git/hooks/post-commit; ls -d .git"`,
      null,
    ],
    ["an error in Lua", `command = function() error("on purpose") end`, /pipeline\.lua:\d+: on purpose/],
    [
      "a first value that is not a boolean",
      `command = function() return "yes" end`,
      /must be true or false.*yes/,
    ],
    ["a time limit", `timeout = "300ms", command = "sleep 60"`, /timed-out.*300|timed-out.*0\.3/],
  ])("%s", async (_, fields, message) => {
    const agent = await startAgent();
    const directory = temporaryDirectory();
    const file = writeWorkflow(
      directory,
      tasks(`{ name = "t", delegate_to = "${agent.address}", ${fields} }`),
    );
    const { code, stdout, stderr } = await sloth(["run", "-f", file]);
    if (message) {
      expect(stderr, stdout).toMatch(message);
      expect(code).toBe(1);
    }
    expect(readdirSync(directory).sort()).toEqual([".sloth", "pipeline.lua"]);
  });
});
