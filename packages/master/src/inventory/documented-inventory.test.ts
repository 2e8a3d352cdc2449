import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadWorkflow } from "@sloth/dsl";
import { expect, it, onTestFinished } from "vitest";
import { planRun } from "../plan/plan-run.js";
import { readInventory } from "./read-inventory.js";

const page = readFileSync(new URL("../../../../docs/agents-and-inventory.md", import.meta.url), "utf8");

function block(language: string): string {
  return new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(page)?.[1] ?? "";
}

it("the inventory of docs/agents-and-inventory.md has agents for each delegate_to that is shown there", async () => {
  const directory = mkdtempSync(join(tmpdir(), "sloth-documented-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, "agents.yaml"), block("yaml"));
  const fields = block("lua").trimEnd().split("\n");
  const tasks = fields.map((field, n) => {
    const [code = ""] = field.split(" --");
    return `{ name = "t${n}", command = "true", ${code.trimEnd()} }`;
  });
  const workflow = `TaskDefinitions = { g = { tasks = { ${tasks.join(", ")} } } }`;
  writeFileSync(join(directory, "w.lua"), workflow);

  const inventory = await readInventory(join(directory, "agents.yaml"));
  const { groups } = await planRun(await loadWorkflow(join(directory, "w.lua")), { inventory });

  const chosen = groups[0]?.tasks.map(({ selection }) =>
    selection?.candidates.map(({ target }) => target.label).join(","),
  );
  const address = "build1.example.org:50051";
  expect(chosen).toEqual(["build1", address, "build1", "build1,build2", "build1"]);
});
