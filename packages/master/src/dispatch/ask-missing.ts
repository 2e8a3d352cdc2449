import { type ExecuteResponse, ProtocolError } from "@sloth/protocol";
import { ownUmask } from "@sloth/runtime";
import type { Workspace } from "@sloth/workspace";
import type { ConnectedAgent } from "./agent-pool.js";
import { Outbox } from "./outbox.js";
import { digestsOf, OutgoingWorkspace } from "./outgoing-workspace.js";
import { openFrame } from "./wire.js";
import type { WorkspaceTerms } from "./workspace-terms.js";

export interface AskMissingOptions {
  agent: ConnectedAgent;
  workspace: Workspace;
  terms: WorkspaceTerms;
  signal: AbortSignal;
}

/**
 * Asks an agent which contents of a workspace it lacks, by beginning an attempt and taking it back before anything was
 * sent. It waits for a slot; when nothing is missing, the command `true` runs there.
 */
export async function askMissing(options: AskMissingOptions): Promise<ReadonlySet<string>> {
  const { agent, workspace, terms, signal } = options;
  const outbox = new Outbox();
  const hangUp = new AbortController();
  const outgoing = new OutgoingWorkspace(workspace, terms);
  const open = openFrame(emptyAttempt(workspace.root), workspace, agent, terms.rules);
  try {
    const calls = AbortSignal.any([signal, hangUp.signal]);
    const responses = agent.channels.control.execute(outbox.requests, { signal: calls });
    await outbox.send({ $case: "open", open });
    for await (const { frame } of responses) {
      const missing = await answer(frame, { outbox, outgoing, signal });
      if (missing) return missing;
    }
    throw new ProtocolError("UNEXPECTED_FRAME", "The agent ended the stream before it said what it lacks.");
  } finally {
    hangUp.abort();
    outbox.close();
  }
}

async function answer(
  frame: ExecuteResponse["frame"],
  { outbox, outgoing, signal }: { outbox: Outbox; outgoing: OutgoingWorkspace; signal: AbortSignal },
): Promise<ReadonlySet<string> | undefined> {
  switch (frame?.$case) {
    case "accepted":
    case "queued":
      return undefined;
    case "granted":
      await outbox.send({
        $case: "snapshot",
        snapshot: await outgoing.announce(signal, { isInline: false }),
      });
      return undefined;
    case "need":
      for (const manifest of outgoing.manifestPieces(frame.need))
        await outbox.send({ $case: "manifest", manifest });
      return undefined;
    case "missing":
      return digestsOf(outgoing.missingEntries(frame.missing));
    case "started":
      return new Set();
    default:
      throw new ProtocolError("UNEXPECTED_FRAME", `The agent sent ${frame?.$case ?? "an unknown frame"}.`);
  }
}

function emptyAttempt(root: string): Parameters<typeof openFrame>[0] {
  return {
    runId: "sync",
    group: "sync",
    task: "sync",
    number: 1,
    command: { kind: "shell", script: "true" },
    workspace: root,
    workdir: "",
    params: {},
    deps: {},
    env: {},
    umask: ownUmask(),
    graceMs: 1000,
  };
}
