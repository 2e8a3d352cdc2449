import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processesWith } from "../../contract/living-processes.js";
import { leftoversIn } from "../../support/agent.js";
import type { Bench } from "./bench.js";

/** Within which a machine that is busy does what it has to do by itself. */
const PATIENCE_MS = 20_000;

/** What is left anywhere of a round that is over; waits for what goes by itself. */
export async function leftoversOf({ mark }: { mark: string }, bench: Bench): Promise<string[]> {
  const look = () => [
    ...processesWith(mark).map((pid) => `process ${pid}`),
    ...leftoversIn(bench.agentState).map((name) => `on the agent: ${name}`),
    ...bench.temporaryFiles().map((name) => `temporary: ${name}`),
  ];
  const untilMs = performance.now() + PATIENCE_MS;
  let left = look();
  for (; left.length > 0 && performance.now() < untilMs; left = look()) await sleep(50);
  return [...left, ...leftInState(bench.directory)];
}

const KNOWN = [".gitignore", "index", "journal", "rollback", "runs", "staging", "workspace-id"];

/** What does not belong in `.sloth/` when nothing runs. */
function leftInState(directory: string): string[] {
  const state = join(directory, ".sloth");
  const names = readdirSync(state);
  const inside = ["journal", "rollback", "staging"]
    .filter((name) => names.includes(name))
    .flatMap((name) => readdirSync(join(state, name)).map((one) => `.sloth/${name}/${one}`));
  return [...names.filter((name) => !KNOWN.includes(name)).map((name) => `.sloth/${name}`), ...inside];
}
