import { readFileSync } from "node:fs";
// biome-ignore lint/style/noRestrictedImports: ajv publishes this draft of JSON Schema under this name.
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { repository, sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

const schema = JSON.parse(readFileSync(`${repository}docs/schema/run-event.v1.json`, "utf8"));
// The times have a pattern as well.
const isEvent = new Ajv2020({ validateFormats: false }).compile(schema);

it("prints the events of a run as the schema describes them, and nothing else on standard output", async () => {
  const agent = await startAgent();
  const file = writeWorkflow(
    temporaryDirectory(),
    `print("loading")
     TaskDefinitions = { g = { description = "All kinds",
       on_start = function() print("starting") return true end,
       on_complete = function() error("no") end,
       tasks = {
         { name = "away", delegate_to = "${agent.address}", command = "echo olá; printf '\\\\377' >&2; touch made" },
         { name = "lua", command = function()
             log.warn("careful", { n = 9007199254740993 })
             return true, "fine", { bytes = "\\xff", float = 0/0 }
           end },
         { name = "flaky", retries = 1, retry_delay = "1ms", command = "exit 3" },
         { name = "after", depends_on = { "flaky" }, command = "true" },
       } } }`,
  );
  const { code, stdout } = await sloth(["run", "-f", file, "--keep-going", "--output", "json"]);
  expect(code).toBe(1);
  const lines = stdout.trimEnd().split("\n");
  const events = lines.map((line) => JSON.parse(line));
  for (const [index, event] of events.entries())
    expect([lines[index], isEvent(event), isEvent.errors]).toEqual([lines[index], true, null]);
  const types = events.map(({ type }) => type);
  expect([types[0], types.at(-1)]).toEqual(["run-started", "run-finished"]);
  expect(types).toEqual(
    expect.arrayContaining([
      "group-started",
      "task-stage",
      "task-started",
      "task-output",
      "task-log",
      "task-retrying",
      "task-finished",
      "task-skipped",
      "warning",
    ]),
  );
  expect(isEvent({ ...events[0], v: 2 })).toBe(false);
});
