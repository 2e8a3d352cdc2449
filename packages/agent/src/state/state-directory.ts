import { chmod, mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { CredentialError, requirePrivateDirectory } from "@sloth/protocol";
import { AgentError } from "../agent-error.js";
import { CallerTrees, type CallerTreesOptions } from "./caller-trees.js";
import { succeedPredecessors } from "./predecessors.js";

/** Where an agent keeps everything it writes. Several agents may share one. */
export interface StateDirectory {
  /** The workspaces of masters. */
  trees: CallerTrees;
  /** To be called when nothing runs any more. */
  leave(): void;
}

/** `$XDG_STATE_HOME/sloth-agent`, or `~/.local/state/sloth-agent`. */
export function defaultStateDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "sloth-agent");
}

/**
 * Opens it; ends and removes what agents that were killed have left, and removes what exceeds its capacity.
 * @throws {AgentError} STATE_DIRECTORY when it cannot be made or written.
 * @throws {CredentialError} NOT_PRIVATE when others can write it
 */
export async function openStateDirectory(
  path: string,
  options: CallerTreesOptions = {},
): Promise<StateDirectory> {
  await makeStateDirectory(path);
  try {
    const instance = await succeedPredecessors(path);
    const trees = new CallerTrees(path, options);
    await trees.freeSpace();
    return { trees, leave: () => instance?.release() };
  } catch (cause) {
    throw unusable(path, cause);
  }
}

/**
 * Makes it where it is missing, for its owner alone.
 * @throws {AgentError} STATE_DIRECTORY when it cannot be made
 * @throws {CredentialError} NOT_PRIVATE when others can write it
 */
export async function makeStateDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await requirePrivateDirectory(path);
    await chmod(path, 0o700);
  } catch (cause) {
    if (cause instanceof CredentialError) throw cause;
    throw unusable(path, cause);
  }
}

function unusable(path: string, cause: unknown): AgentError {
  const message = `The state directory ${path} cannot be used: ${(cause as Error).message}. Name another with --state-dir.`;
  return new AgentError("STATE_DIRECTORY", message, { cause });
}
