import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeWorkflow } from "./support/workflow-file.js";

interface RecordedSpan {
  name: string;
  /** 1: a server's. */
  kind: number;
  /** 2: an error. */
  status: number;
  attributes: Record<string, unknown>;
  startMs: number;
  endMs: number;
  traceId: string;
  spanId: string;
  parent?: string;
}

/** An environment in which a process has the SDK of OpenTelemetry, and what it has been told. */
function traced() {
  const file = join(temporaryDirectory(), "spans");
  const sdk = pathToFileURL(join(import.meta.dirname, "support/tracing-sdk.mjs")).href;
  const env = { NODE_OPTIONS: `--import ${sdk}`, SPANS_FILE: file };
  const read = (): RecordedSpan[] =>
    readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  return { env, read };
}

describe("OpenTelemetry, where its SDK is loaded", () => {
  it("is told of a run, its attempts and their stages, and of an agent's part in the same trace", async () => {
    const [here, there] = [traced(), traced()];
    const agent = await startAgent([], { env: there.env });
    const file = writeWorkflow(
      temporaryDirectory(),
      `TaskDefinitions = { g = { tasks = {
        { name = "far", command = "echo > made", delegate_to = "${agent.address}" },
        { name = "near", command = "exit 3", depends_on = { "far" }, retries = 1, retry_delay = "1ms" },
      } } }`,
    );
    const parent = `00-${"ab".repeat(16)}-${"cd".repeat(8)}-01`;
    const { code, stderr } = await sloth(["run", "-f", file], { env: { ...here.env, TRACEPARENT: parent } });
    expect(code, stderr).toBe(1);

    const spans = here.read();
    const named = (name: string) => spans.filter((span) => span.name === name);
    const [run, far] = [named("sloth run")[0], named("task far")[0]];
    expect(run).toMatchObject({ traceId: "ab".repeat(16), parent: "cd".repeat(8), status: 2 });
    expect(far).toMatchObject({
      parent: run?.spanId,
      status: 0,
      attributes: { "cicd.pipeline.task.name": "g/far", "cicd.pipeline.task.run.result": "succeeded" },
    });
    expect(far?.attributes["sloth.agent"]).toBe(agent.address);
    const stages = spans.filter((span) => span.parent === far?.spanId);
    expect(stages.map(({ name }) => name)).toEqual(["sync", "run", "return"]);
    expect(named("task near").map(({ status, attributes }) => [status, attributes["sloth.attempt"]])).toEqual(
      [
        [2, 1],
        [2, 2],
      ],
    );
    expect(there.read()).toEqual([
      expect.objectContaining({
        name: "attempt far",
        kind: 1,
        traceId: run?.traceId,
        parent: far?.spanId,
        status: 0,
      }),
    ]);
  });
});
