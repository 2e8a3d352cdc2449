import type { AgentPool } from "../../dispatch/agent-pool.js";
import type { TypedTrust } from "../../trust/find-trust.js";

/** Connections to agents. Only now what speaks with agents is loaded, which takes time. */
export async function openAgentPool(trust: TypedTrust, recorded?: () => Promise<void>): Promise<AgentPool> {
  const [{ quietGrpc }, { AgentPool }] = await Promise.all([
    import("@sloth/protocol"),
    import("../../dispatch/agent-pool.js"),
  ]);
  quietGrpc();
  return new AgentPool(trust, recorded);
}
