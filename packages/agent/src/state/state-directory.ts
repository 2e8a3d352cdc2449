import { chmod, mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { KeptTrees } from "@sloth/workspace";
import { AgentError } from "../agent-error.js";

/** Where an agent keeps everything it writes. Several agents may share one. */
export interface StateDirectory {
  /** The workspaces of masters. */
  trees: KeptTrees;
}

/** `$XDG_STATE_HOME/sloth-agent`, or `~/.local/state/sloth-agent`. */
export function defaultStateDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "sloth-agent");
}

/**
 * Opens it, and removes what exceeds its capacity.
 * @throws {AgentError} STATE_DIRECTORY when it cannot be made or written.
 */
export async function openStateDirectory(
  path: string,
  options: { capacityBytes?: number | undefined } = {},
): Promise<StateDirectory> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await chmod(path, 0o700);
    const trees = new KeptTrees(join(path, "workspaces"), options);
    await trees.freeSpace();
    return { trees };
  } catch (cause) {
    throw new AgentError(
      "STATE_DIRECTORY",
      `The state directory ${path} cannot be used: ${(cause as Error).message}. Name another with --state-dir.`,
      { cause },
    );
  }
}
