import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startAgent } from "./support/agent.js";
import { repository, sloth } from "./support/processes.js";
import { temporaryDirectory } from "./support/temporary-directory.js";
import { writeInventory } from "./support/workflow-file.js";

/*
 * What a run shows, as it is checked in beside its workflow in `golden/`. `UPDATE_GOLDEN=1` writes the files again; look
 * at the difference then. What is another in each run stands for itself: TIME, RUN, TOKEN, PORT, DIRECTORY.
 */

/** What a run tells that took long, as on a machine that has much else to do. */
const SLOW =
  /^(\S+Z )?\n?(\S+Z )?Slowest tasks:\n((\S+Z )? {2}.*\n)+((\S+Z )?\n(\S+Z )?Critical path of .*\n((\S+Z )? {2}.*\n)+)*/gm;

/** The arguments of each file, and what stands in the environment. */
const SHOWN: Record<string, { args: string[]; env?: Record<string, string> }> = {
  "plain.txt": { args: ["--output", "plain"] },
  "grouped.txt": { args: ["--output", "plain", "--log-order", "grouped", "--timestamps"] },
  "quiet.txt": { args: ["--output", "quiet"] },
  "json.txt": { args: ["--output", "json"] },
  "return.txt": { args: ["--return"] },
  "github.txt": {
    args: [],
    env: { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: "summary.md" },
  },
};

it.each(Object.entries(SHOWN))("a run is shown as it is written in %s", async (name, { args, env = {} }) => {
  const agent = await startAgent();
  const directory = temporaryDirectory();
  const golden = join(repository, "e2e/golden/mixed");
  for (const file of ["pipeline.lua", "printed.bin"]) cpSync(join(golden, file), join(directory, file));
  const inventory = writeInventory(temporaryDirectory(), { "there:50051": agent.address });
  const options = ["-f", "pipeline.lua", "-k", "-j", "1", "--agents", inventory, ...args];

  const { code, stdout, stderr } = await sloth(["run", ...options], {
    cwd: directory,
    env: { GITHUB_WORKSPACE: directory, ...env },
  });

  expect(code).toBe(1);
  const summary = join(directory, "summary.md");
  const page = existsSync(summary) ? readFileSync(summary, "utf8") : "";
  const shown = normalised(`--- stdout\n${stdout}--- stderr\n${stderr}${page && `--- page\n${page}`}`, {
    DIRECTORY: directory,
    INVENTORY: inventory,
  });
  if (process.env.UPDATE_GOLDEN) {
    mkdirSync(golden, { recursive: true });
    writeFileSync(join(golden, name), shown);
  }
  expect(shown).toBe(readFileSync(join(golden, name), "utf8"));
});

function normalised(text: string, places: Record<string, string>): string {
  let result = text;
  for (const [word, place] of Object.entries(places)) result = result.replaceAll(place, word);
  return result
    .replace(/[^\s"]*sloth-master\.cjs/g, "SLOTH")
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "TIME")
    .replace(SLOW, "")
    .replace(/(\d+\.\d|\d+ min \d\d) s\b/g, "TIME")
    .replace(/"durationMs":[\d.e-]+/g, '"durationMs":0')
    .replace(/"slots":\d+/g, '"slots":0')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "TOKEN")
    .replace(/[0-9A-HJKMNP-TV-Z]{26}/g, "RUN");
}
