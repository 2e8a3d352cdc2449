import { availableParallelism, hostname, totalmem } from "node:os";
import type { HelloResponse, StatusRequest, StatusResponse } from "@sloth/protocol";
import type { KeptTrees } from "@sloth/workspace";
import type { CallerTrees } from "../state/caller-trees.js";
import type { SessionContext } from "./session.js";

/** More than a run has, and few enough to look up at once. */
const MOST_WORKSPACES = 64;

/** What does not change while an agent runs. */
export function describeMachine(): Pick<HelloResponse, "hostname" | "cpus" | "memoryBytes"> {
  const limit = process.constrainedMemory();
  // Without a limit it is 0, or, with cgroups of version 1, far beyond what any machine has.
  const memoryBytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return { hostname: hostname(), cpus: availableParallelism(), memoryBytes };
}

export interface StatusSource extends Pick<SessionContext, "slots" | "draining" | "shutdown"> {
  all: CallerTrees;
  /** Of the caller. */
  own: KeptTrees;
}

export function describeStatus(
  { workspaces, withCachedBytes }: StatusRequest,
  { slots, draining, shutdown, all, own }: StatusSource,
): StatusResponse {
  return {
    running: slots.inUse,
    queued: slots.waiting,
    draining: draining.aborted || shutdown.aborted,
    cachedBytes: withCachedBytes ? all.sizeBytes() : undefined,
    uptimeMs: Math.round(process.uptime() * 1000),
    clockMs: Date.now(),
    holds: workspaces.slice(0, MOST_WORKSPACES).map((workspace) => own.holds(workspace)),
  };
}
