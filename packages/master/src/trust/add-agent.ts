import type { JoinLine, KnownAgent } from "@sloth/protocol";
import { greetAgent } from "../dispatch/greet-agent.js";
import type { AgentTarget } from "../inventory/inventory.js";
import { joinAgent } from "./join.js";

/**
 * What a join line says of an agent, as a master keeps it. The certificate that is shown is compared with the line
 * before anything is sent; then the agent is greeted, so that what is kept is known to work.
 * @throws {AgentLost} when nobody answers, or somebody else does, or the token is refused
 */
export async function verifyJoinLine(target: AgentTarget, line: JoinLine): Promise<KnownAgent> {
  const known = await joinAgent(target, line);
  const agent = await greetAgent(target, { trust: known, from: "pin" });
  agent.channels.close();
  return known;
}
