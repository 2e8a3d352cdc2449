import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { leftoversIn, startAgent } from "../support/agent.js";
import { sloth } from "../support/processes.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { writeWorkflow } from "../support/workflow-file.js";
import { type Break, startFrameRelay } from "./frame-relay.js";

/** More than an attempt has: the last ones do not break. */
const MESSAGES = { received: 14, sent: 6 };

const OUTPUT = Array.from({ length: 5 }, (_, n) => `${n + 1}\n`).join("");

describe("a stream that breaks between any two messages", () => {
  it("loses no task, no output and no change, and runs nothing twice", async () => {
    const breaks = (["received", "sent"] as const).flatMap((direction) =>
      Array.from({ length: MESSAGES[direction] }, (_, n): Break => ({ direction, afterMessages: n + 1 })),
    );
    const agent = await startAgent(["--insecure", "--slots", String(breaks.length)]);
    const relays = await Promise.all(breaks.map((where) => startFrameRelay(agent.port, where)));
    const directory = temporaryDirectory();
    const begun = temporaryDirectory();
    writeFileSync(join(directory, "given"), "given\n");
    const tasks = relays.map(
      ({ address }, n) => `{ name = "t${n}", delegate_to = "${address}", on_agent_lost = "wait",
        command = "echo begun >> ${begun}/t${n}; for n in 1 2 3 4 5; do echo $n; sleep 0.1; done; cat given > made${n}" }`,
    );
    writeWorkflow(directory, `TaskDefinitions = { g = { tasks = { ${tasks.join(",\n")} } } }`);

    const { code, stderr } = await sloth(
      ["run", "--insecure", "--lease", "20s", "--grace", "1s", "--output", "quiet"],
      {
        cwd: directory,
      },
    );

    expect(code, stderr).toBe(0);
    const [run = ""] = readdirSync(join(directory, ".sloth/runs"));
    const names = relays.map((_, n) => `t${n}`);
    const logs = names.map((name) =>
      readFileSync(join(directory, ".sloth/runs", run, `logs/g/${name}.log`), "utf8"),
    );
    expect(logs).toEqual(names.map(() => OUTPUT));
    expect(names.map((name) => readFileSync(join(begun, name), "utf8"))).toEqual(names.map(() => "begun\n"));
    for (const n of names.keys()) expect(readFileSync(join(directory, `made${n}`), "utf8")).toBe("given\n");
    // Of each direction all boundaries there are, and of some attempts none.
    const broken = breaks.filter((_, n) => relays[n]?.hasBroken);
    expect(broken.filter(({ direction }) => direction === "received").length).toBeGreaterThan(8);
    expect(broken.filter(({ direction }) => direction === "sent").length).toBeGreaterThan(2);
    expect(broken.length).toBeLessThan(breaks.length);
    // Where the acknowledgement was lost, the lease ends what is kept.
    await expect.poll(() => leftoversIn(agent.stateDirectory), { timeout: 60_000 }).toEqual([]);
  });
});
