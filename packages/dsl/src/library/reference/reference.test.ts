import { describe, expect, it } from "vitest";
import { DELEGATION_FIELDS, GROUP_FIELDS, TASK_FIELDS } from "../../load/known-fields.js";
import type { LuaTable } from "../../model.js";
import { run } from "../../testing/workflow-files.js";
import { luaDefinitions } from "./definitions.js";
import { GROUP, OTHER_CLASSES, TASK } from "./fields.js";
import { FUNCTIONS, LIBRARY } from "./library.js";
import { referencePage } from "./page.js";
import { STANDARD } from "./standard.js";

const namesOf = (fields: readonly { name: string }[] = []) => fields.map(({ name }) => name).sort();

describe("the description of the language", () => {
  it("has every field that a workflow can have, and no other", () => {
    const delegation = OTHER_CLASSES.find(({ name }) => name === "sloth.Delegation");
    expect(namesOf(GROUP.fields)).toEqual([...GROUP_FIELDS.supported].sort());
    expect(namesOf(TASK.fields)).toEqual([...TASK_FIELDS.supported].sort());
    expect(namesOf(delegation?.fields)).toEqual([...DELEGATION_FIELDS.supported].sort());
  });

  it("has every global of a state, and no other", async () => {
    const { outputs } = await run(
      "local names = {} for name in pairs(_G) do names[#names + 1] = name end return true, nil, names",
    );
    const described = [
      ...LIBRARY.flatMap(({ name, functions, values = [] }) =>
        name === "" ? [...functions, ...values].map((one) => one.name.split(".")[0] ?? "") : [name],
      ),
      ...STANDARD.flatMap(({ names }) => names.filter((name) => !name.includes("."))),
    ];
    const own = (outputs as string[]).filter((name) => !name.startsWith("@") && name !== "TaskDefinitions");
    expect(own.sort()).toEqual([...new Set(described)].sort());
  });

  it.each(LIBRARY.filter(({ name }) => name !== ""))(
    "has every function of $name, and no other",
    async (module) => {
      const { outputs } = await run(
        `local names = {} for name in pairs(${module.name}) do names[#names + 1] = name end return true, nil, names`,
      );
      const described = [
        ...module.functions.map(({ name }) => name.split(".")[1] ?? ""),
        ...namesOf(module.values),
      ];
      expect((outputs as string[]).sort()).toEqual(described.sort());
    },
  );

  it.each(
    FUNCTIONS.filter(({ parameters }) =>
      parameters.some(({ optional, type }) => !optional && type !== "any"),
    ),
  )("makes $name refuse a call without its arguments", async ({ name }) => {
    const { message } = await run(`${name}()`);
    expect(message).toMatch(/^workflow.lua:2: bad argument #1 to '[a-z_]+' \(\w+ expected, got no value\)$/);
  });

  it("gives definitions that are valid Lua and name every function and class", async () => {
    const definitions = luaDefinitions();
    const text: LuaTable = { definitions };
    expect(await run("return load(params.definitions) ~= nil", text)).toEqual({ success: true });
    for (const { name } of FUNCTIONS) expect(definitions).toContain(`\nfunction ${name}(`);
    for (const [, used] of definitions.matchAll(/\b(sloth\.[A-Z]\w+)/g)) {
      expect(definitions).toContain(`---@class ${used}\n`);
    }
  });

  it("gives a page in each language that names every function", () => {
    for (const language of ["en", "pt"] as const) {
      for (const { name } of FUNCTIONS) expect(referencePage(language)).toContain(`### \`${name}(`);
    }
    expect(referencePage("pt")).not.toBe(referencePage("en"));
  });
});
