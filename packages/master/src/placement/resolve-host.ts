import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { isLoopback } from "@sloth/protocol";
import type { AgentTarget } from "../inventory/inventory.js";

/** All addresses of a host. */
export type LookUp = (host: string) => Promise<LookupAddress[]>;

const lookUp: LookUp = (host) => lookup(host, { all: true });

/**
 * The agents behind a target: one for each address where its host is the name of several, as that of a headless
 * service is. Addresses of both families are two ways to one machine, so those of one family count: of IPv4, and of
 * IPv6 where there is no other. This machine is one agent, whatever it is called.
 */
export async function targetsOf(target: AgentTarget, look: LookUp = lookUp): Promise<AgentTarget[]> {
  const { host, label } = target;
  if (isIP(host) !== 0 || isLoopback(host)) return [target];
  // What is wrong with the name is said by whoever connects.
  const found = await look(host).catch(() => []);
  const addresses = [...new Set(ofOneFamily(found).map(({ address }) => address))].sort();
  if (addresses.length < 2) return [target];
  return addresses.map((address) => ({
    ...target,
    label: `${label} (${address})`,
    host: address,
    certificateHost: host,
  }));
}

function ofOneFamily(found: readonly LookupAddress[]): readonly LookupAddress[] {
  const four = found.filter(({ family }) => family === 4);
  return four.length > 0 ? four : found;
}
