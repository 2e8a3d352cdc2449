import { type ExecuteResponse, ProtocolError, WIRE_LIMITS } from "@sloth/protocol";
import { ownUmask } from "@sloth/runtime";
import type { Workspace } from "@sloth/workspace";
import { AgentLost } from "./agent-lost.js";
import type { ConnectedAgent } from "./greet-agent.js";
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
 * sent. When nothing is missing, the attempt ends without running anything: its working directory is not there.
 *
 * @throws {AgentLost} also when all slots are taken: what may be waited for is not worth the answer
 */
export async function askMissing(options: AskMissingOptions): Promise<ReadonlySet<string>> {
  const { agent, workspace, terms, signal } = options;
  const { label } = agent.target;
  const outbox = new Outbox();
  const hangUp = new AbortController();
  const outgoing = new OutgoingWorkspace(workspace, terms);
  // Nobody comes back to it.
  const features = agent.features.filter((feature) => feature !== "reattach");
  const open = openFrame(emptyAttempt(workspace.root), workspace, {
    agent: { protocol: agent.protocol, features },
    rules: terms.rules,
    leaseMs: WIRE_LIMITS.leaseMs,
  });
  try {
    const calls = AbortSignal.any([signal, hangUp.signal]);
    const responses = agent.channels.control.execute(outbox.requests, { signal: calls });
    await outbox.send({ $case: "open", open });
    for await (const { frame } of responses) {
      const missing = await answer(frame, { label, outbox, outgoing, signal });
      if (missing) return missing;
    }
    throw new ProtocolError("UNEXPECTED_FRAME", "The agent ended the stream before it said what it lacks.");
  } finally {
    hangUp.abort();
    outbox.close();
  }
}

interface AnswerContext {
  /** Of the agent. */
  label: string;
  outbox: Outbox;
  outgoing: OutgoingWorkspace;
  signal: AbortSignal;
}

async function answer(
  frame: ExecuteResponse["frame"],
  { label, outbox, outgoing, signal }: AnswerContext,
): Promise<ReadonlySet<string> | undefined> {
  switch (frame?.$case) {
    case "accepted":
      return undefined;
    case "queued":
      throw new AgentLost(`${label} is busy, so it was not asked what it holds.`);
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
    case "finished":
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
    // What is sloth's own is never sent, so no tree has it.
    workdir: ".sloth/nothing-runs-here",
    params: {},
    deps: {},
    env: {},
    umask: ownUmask(),
    graceMs: 1000,
  };
}
