import {
  type AgentTrust,
  isLoopback,
  localAgentPath,
  type OwnAuthority,
  readKnownAgent,
} from "@sloth/protocol";
import { type AgentTarget, formatAddress } from "../inventory/inventory.js";
import { joinAgent } from "./join.js";
import { openPins } from "./pins.js";
import { readReferredLine } from "./referred-line.js";

/** What was typed of how agents are trusted. */
export interface TypedTrust {
  /** For agents that are not known otherwise. */
  authority?: OwnAuthority | undefined;
  /** Plaintext for agents that are not known otherwise. */
  isInsecure?: boolean | undefined;
}

/**
 * How an agent is trusted, and since when: by `sloth agents add`, by what it left on this machine, by what the inventory
 * refers to, or by an option.
 */
export interface FoundTrust {
  trust: AgentTrust;
  from: "pin" | "local" | "inventory" | "typed";
}

/**
 * How an agent is trusted, undefined where it is not. In this order: what the inventory refers to; its pin; for this
 * machine what its agent has left there; what was typed. So that nothing that is typed makes a known agent less secure.
 * @throws {CredentialError} NOT_PRIVATE, DAMAGED, MISSING, JOIN_LINE
 * @throws {AgentLost} where the inventory refers to a line, and no agent of that line is there
 */
export async function findTrust(
  target: AgentTarget,
  { authority, isInsecure }: TypedTrust,
): Promise<FoundTrust | undefined> {
  const { certificateHost: host = target.host, port, credential } = target;
  if (credential)
    return { trust: await joinAgent(target, await readReferredLine(credential)), from: "inventory" };
  const pinned = await openPins().read(formatAddress(host, port));
  if (pinned) return { trust: pinned, from: "pin" };
  const local = isLoopback(host) ? await readKnownAgent(localAgentPath(port)) : undefined;
  if (local) return { trust: local, from: "local" };
  if (authority) return { trust: authority, from: "typed" };
  return isInsecure ? { trust: { kind: "plaintext" }, from: "typed" } : undefined;
}
