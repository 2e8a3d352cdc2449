import type { ShownCertificate } from "@sloth/protocol";
import type { ConnectedAgent } from "../dispatch/greet-agent.js";
import type { AgentTarget } from "../inventory/inventory.js";
import type { RunPlan } from "../plan/plan-run.js";

/** What the checks look at. */
export interface DoctorContext {
  /** Where runs are recorded and changes received: of the workflow, else this one. */
  directory: string;
  temporaryDirectory: string;
  /** Where an agent of this user would keep its trees. */
  agentStateDirectory: string;
  /** Where an agent of this machine would listen. */
  agentPort: number;
  /** Absent: none was named. */
  workflow?: ExaminedWorkflow;
  /** Those of the workflow and the inventory, each once. */
  agents: readonly AgentTarget[];
  /** As PEM; shown to agents of an own CA. Absent: there is no own CA. */
  ownCertificate?: string;
  /** What an agent shows before anything is sent to it. */
  shownCertificate(target: AgentTarget): Promise<ShownCertificate>;
  /** @throws {AgentLost} */
  connect(target: AgentTarget): Promise<ConnectedAgent>;
}

/** A workflow, and what came of planning it. */
export interface ExaminedWorkflow {
  /** As it was named. */
  file: string;
  /** Absent: it cannot be planned. */
  plan?: RunPlan;
  /** Why not, in one line. */
  problem?: string;
  /** A command that mends it or shows more. */
  mend?: string;
}
