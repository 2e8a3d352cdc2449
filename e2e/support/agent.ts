import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Running, type StartOptions, startAgentProcess } from "./processes.js";
import { temporaryDirectory } from "./temporary-directory.js";

export interface TestAgent extends Running {
  port: number;
  address: string;
  stateDirectory: string;
}

/**
 * Starts the built agent on a free port with a state directory of its own; stopped when the test has finished.
 * @param options.port - another than a free one
 * @param options.stateDirectory - of an agent that has ended
 */
export async function startAgent(
  args: string[] = [],
  {
    port: wanted = 0,
    stateDirectory = temporaryDirectory(),
    ...options
  }: StartOptions & { port?: number; stateDirectory?: string } = {},
): Promise<TestAgent> {
  const running = startAgentProcess(
    ["--port", String(wanted), "--state-dir", stateDirectory, ...args],
    options,
  );
  onTestFinished(async () => {
    try {
      running.kill("SIGINT");
    } catch {
      // It has ended already.
    }
    await running.ended;
  });
  const [, port] = await running.until(/listening on 127\.0\.0\.1:(\d+)/);
  return Object.assign(running, { port: Number(port), address: `localhost:${port}`, stateDirectory });
}

/** What attempts have, or have left, in an agent's state directory besides trees that are free. */
export function leftoversIn(stateDirectory: string): string[] {
  const trees = join(stateDirectory, "workspaces", "trees");
  if (!existsSync(trees)) return [];
  const free = ["tree", "index", "about.json"];
  return readdirSync(trees)
    .flatMap((workspace) => readdirSync(join(trees, workspace)).map((number) => join(workspace, number)))
    .flatMap((tree) => readdirSync(join(trees, tree)))
    .filter((name) => !free.includes(name));
}
