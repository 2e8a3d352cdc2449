import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  type AgentTrust,
  CredentialError,
  fingerprintOf,
  isLoopback,
  type KnownAgent,
  localAgentPath,
  localAgentsDirectory,
  readKnownAgent,
  removeFile,
  writeKnownAgent,
} from "@sloth/protocol";
import type { AgentEventSink } from "../events/agent-event.js";

const EVERY_ADDRESS = /^(0\.0\.0\.0|::)$/;

export interface AnnounceOptions {
  host: string;
  port: number;
  emit: AgentEventSink;
}

/**
 * Leaves what a master of the same user on this machine calls the agent with; gives what takes it away again. Where
 * there is nothing to leave, removes what an earlier agent has left. Does nothing for one that loopback does not reach.
 * An agent that cannot leave it warns and goes on: masters can still add it.
 */
export async function announceLocally(
  { host, port, emit }: AnnounceOptions,
  trust: AgentTrust | undefined,
): Promise<() => Promise<void>> {
  if (!isLoopback(host) && !EVERY_ADDRESS.test(host)) return async () => {};
  const path = localAgentPath(port);
  const known =
    trust?.kind === "pinned" && trust.token !== undefined ? { ...trust, token: trust.token } : undefined;
  try {
    if (known) await writeKnownAgent(path, known);
    else await removeFile(path);
  } catch (error) {
    const reason = error instanceof CredentialError ? error.message : `${path}: ${(error as Error).message}`;
    emit({
      type: "warning",
      message: `Masters on this machine must add this agent, as sloth-agent init says. ${reason}`,
    });
    return async () => {};
  }
  return () => withdraw(path, known);
}

/** Gives masters of the same user on this machine a new token of the agents that have left their credential. */
export async function renewAnnouncements(renewed: KnownAgent): Promise<void> {
  const directory = localAgentsDirectory();
  const names = await readdir(directory).catch(() => [] as string[]);
  for (const name of names.filter((name) => name.endsWith(".json"))) {
    const path = join(directory, name);
    // One that cannot be read is not of this agent, or is read by nobody.
    const left = await readKnownAgent(path).catch(() => undefined);
    if (left && fingerprintOf(left.certificate) === fingerprintOf(renewed.certificate))
      await writeKnownAgent(path, renewed);
  }
}

async function withdraw(path: string, known: KnownAgent | undefined): Promise<void> {
  const left = await readKnownAgent(path).catch(() => undefined);
  // Another agent may have the port by now.
  if (known && left && fingerprintOf(left.certificate) === fingerprintOf(known.certificate))
    await removeFile(path);
}
