import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { configurableOptions, describedOptions } from "../config/described-options.js";
import { variableOf } from "../config/environment-settings.js";
import { type RunArguments, runOptions, toRun } from "../run/run-options.js";
import { fileOption, toFile } from "../workflow/file-option.js";
import { completeWorkflow } from "./complete-workflow.js";

function project(files: Record<string, string> = {}): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "sloth-settings-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries({ ".git/HEAD": "", "pipeline.lua": "", ...files })) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const run = { options: describedOptions(runOptions), read: toRun };

interface Given {
  typed?: Record<string, unknown>;
  env?: Record<string, string>;
  /** The directory, below the project. */
  from?: string;
}

async function settled(
  root: string,
  { typed = {}, env = {}, from = "." }: Given = {},
): Promise<RunArguments> {
  const { parsed } = await completeWorkflow(typed, run, { directory: join(root, from), env });
  return toRun(parsed);
}

const withYaml = (text: string, given?: Given) => settled(project({ "sloth.yaml": text }), given);

describe("settings", () => {
  it("come from flags, else from the environment, else from sloth.yaml, else they are the default", async () => {
    const place = fc.option(fc.integer({ min: 1, max: 99_999 }).map(String), { nil: undefined });
    const root = project();
    await fc.assert(
      fc.asyncProperty(place, place, place, async (flag, variable, file) => {
        writeFileSync(join(root, "sloth.yaml"), file === undefined ? "" : `jobs: ${file}`);
        const { jobs } = await settled(root, {
          typed: flag === undefined ? {} : { jobs: flag },
          env: variable === undefined ? {} : { SLOTH_JOBS: variable },
        });
        const strongest = flag ?? variable ?? file;
        expect(jobs).toBe(strongest === undefined ? undefined : Number(strongest));
      }),
    );
  });

  it("that are switches can be switched off by what is stronger", async () => {
    const place = fc.option(fc.boolean(), { nil: undefined });
    const root = project();
    await fc.assert(
      fc.asyncProperty(place, place, place, async (flag, variable, file) => {
        writeFileSync(join(root, "sloth.yaml"), file === undefined ? "" : `keep-going: ${file}`);
        const { keepGoing } = await settled(root, {
          typed: flag === undefined ? {} : { "keep-going": flag, keepGoing: flag },
          env: variable === undefined ? {} : { SLOTH_KEEP_GOING: String(variable) },
        });
        expect(keepGoing).toBe(flag ?? variable ?? file ?? false);
      }),
    );
  });

  it("that may be repeated add up, the strongest last", async () => {
    const place = fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { maxLength: 3 });
    const root = project();
    await fc.assert(
      fc.asyncProperty(place, place, place, async (flag, variable, file) => {
        writeFileSync(join(root, "sloth.yaml"), `ignore: ${JSON.stringify(file)}`);
        const { workspace } = await settled(root, {
          typed: flag.length === 0 ? {} : { ignore: flag },
          env: { SLOTH_IGNORE: variable.join(",") },
        });
        expect(workspace.ignore ?? []).toEqual([...file, ...variable, ...flag]);
      }),
    );
  });

  it("name files relative to where they are said", async () => {
    const root = project({
      "sloth.yaml": "agents: agents.yaml\nvalues: [a.yaml, /b.yaml]\n",
      "sub/x": "",
    });
    const { file, agents, values } = await settled(root, { from: "sub", env: { SLOTH_VALUES: "c.yaml" } });
    expect({ file, agents, values }).toEqual({
      file: "../pipeline.lua",
      agents: join(root, "agents.yaml"),
      values: [join(root, "a.yaml"), "/b.yaml", "c.yaml"],
    });
  });

  it("are those beside the workflow, wherever the command is typed", async () => {
    const root = project({ "app/w.lua": "", "app/sloth.yaml": "jobs: 3", "sloth.yaml": "jobs: 4" });
    expect((await settled(root, { typed: { file: "app/w.lua" } })).jobs).toBe(3);
    expect((await settled(root, { from: "app", typed: { file: "../pipeline.lua" } })).jobs).toBe(4);
  });

  it("give way to what they cannot stand beside", async () => {
    const read = (parsed: Record<string, unknown>) =>
      toRun({ ...parsed, ...(parsed.jobs ? { output: parsed.color } : {}) });
    const root = project({ "sloth.yaml": "color: always\ntimeout: 5s" });
    const given = { directory: root, env: {} };
    const { parsed } = await completeWorkflow({ jobs: "2" }, { ...run, read }, given);
    expect(parsed).toMatchObject({ jobs: "2", timeout: "5s" });
    expect(parsed).not.toHaveProperty("color");
  });

  it("leave alone what a command does not have", async () => {
    const list = { options: describedOptions(fileOption), read: toFile };
    const root = project({ "sloth.yaml": "jobs: 2\nvalues: a.yaml" });
    const { parsed } = await completeWorkflow({}, list, { directory: root, env: {} });
    expect(parsed).toEqual({ file: "pipeline.lua", values: [join(root, "a.yaml")] });
  });

  it("take a number as it is written, and an empty variable for none", async () => {
    expect(
      await withYaml('timeout: 0.50\nmax-files: 010\nlua-memory: "64MiB"', { env: { SLOTH_JOBS: "" } }),
    ).toMatchObject({
      timeoutMs: 500,
      workspace: { maxFiles: 10 },
      luaMemoryLimitBytes: 64 * 1024 ** 2,
    });
    expect((await withYaml("")).jobs).toBeUndefined();
  });

  it.each([
    ["jobs: many", "sloth.yaml:1: --jobs many is not a number of at least 1."],
    ["\n# how many\njob: 2", 'sloth.yaml:3: there is no option "job". Did you mean "jobs"?'],
    ["keepGoing: true", 'sloth.yaml:1: there is no option "keepGoing". Did you mean "keep-going"?'],
    ["colour: x\n", 'sloth.yaml:1: there is no option "colour". Did you mean "color"?'],
    ["keep-going: yes", "sloth.yaml:1: keep-going must be true or false."],
    ["jobs: 1\noutput: fancy", "sloth.yaml:2: --output fancy is none of"],
    ["jobs: [1, 2]", "sloth.yaml:1: jobs may have one value alone."],
    ["jobs: { a: 1 }", "sloth.yaml:1: jobs must be a text."],
    ["jobs:", "sloth.yaml:1: jobs must be a text."],
    ["agents: true", "sloth.yaml:1: agents must be a text."],
    ["values: [[a]]", "sloth.yaml:1: values must be a list of texts."],
    ["protect: '!.sloth'", "sloth.yaml:1: --protect"],
    ["tasks: a", 'sloth.yaml:1: "tasks" is for the command line alone.'],
    ["- jobs", "sloth.yaml:1: it must be a map of options."],
    ["[1]: 2", 'sloth.yaml:1: there is no option ""'],
  ])("in a sloth.yaml of %j are refused", async (text, message) => {
    const refused = withYaml(text);
    await expect(refused).rejects.toMatchObject({ code: "USAGE", message: expect.stringContaining(message) });
  });

  it.each(["jobs: 1\njobs: 2", "jobs: [", "'"])("in a file that is no YAML are refused: %j", async (text) => {
    await expect(withYaml(text)).rejects.toThrow(/sloth\.yaml:\d+:\d+: /);
  });

  it.each([
    [{ SLOTH_JOBS: "x" }, "SLOTH_JOBS=x: --jobs x is not a number of at least 1."],
    [{ SLOTH_KEEP_GOING: "yes" }, "SLOTH_KEEP_GOING=yes: it must be true or false."],
    [{ SLOTH_IGNORE: "a,../b" }, 'SLOTH_IGNORE=a,../b: --ignore has the pattern "../b"'],
  ])("in the environment %j are refused", async (env, message) => {
    const refused = settled(project(), { env });
    await expect(refused).rejects.toMatchObject({ code: "USAGE", message: expect.stringContaining(message) });
  });

  it("are refused, whatever is stronger", async () => {
    await expect(withYaml("jobs: x", { typed: { jobs: "1" } })).rejects.toMatchObject({ code: "USAGE" });
  });

  it("have no variable that tasks are given, or that means something else", () => {
    const others = ["GROUP", "TASK", "RUN_ID", "ATTEMPT", "TIMINGS"].map((name) => `SLOTH_${name}`);
    const variables = [...configurableOptions(runOptions).keys()].map(variableOf);
    expect(
      variables.filter((name) => others.includes(name) || /_(TEST|CRASH|RACE|PROPERTY)_/.test(name)),
    ).toEqual([]);
  });
});

describe("the options of run", () => {
  it.each([...configurableOptions(runOptions)])(
    "--%s may be repeated exactly if it says so",
    async (name, { isRepeatable }) => {
      const twice = toRun({
        [name]: ["x", "x"],
        [name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())]: ["x", "x"],
      });
      const refused = await twice.then(
        () => "",
        (error: Error) => error.message,
      );
      if (isRepeatable) expect(refused).not.toMatch(/more than once/);
      else if (configurableOptions(runOptions).get(name)?.type === "string")
        expect(refused).toMatch(/more than once/);
    },
  );

  it("are described by the published schema of sloth.yaml", () => {
    const location = new URL("../../../../../docs/schema/sloth-yaml.v1.json", import.meta.url);
    const text = `${JSON.stringify(schemaOfSettings(), undefined, 2)}\n`;
    if (process.env.UPDATE_SCHEMA) writeFileSync(location, text);
    expect(readFileSync(location, "utf8")).toBe(text);
  });
});

function schemaOfSettings() {
  const text = { type: ["string", "number"] };
  const properties = [...configurableOptions(runOptions)].map(
    ([name, { type, isRepeatable, describe: description }]) => {
      if (type === "boolean") return [name, { description, type }];
      const several = { anyOf: [text, { type: "array", items: text }] };
      return [name, { description, ...(isRepeatable ? several : text) }];
    },
  );
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "sloth.yaml, version 1: settings of sloth",
    type: "object",
    properties: Object.fromEntries(properties),
    additionalProperties: false,
  };
}
