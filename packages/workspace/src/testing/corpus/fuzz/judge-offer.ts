import type { Offer } from "../case.js";
import { type Product, receiveOffer } from "../receive-offer.js";
import type { Sandbox } from "../sandbox.js";

export interface Verdict {
  /** `accepted`, `conflicts`, or the code of the error. */
  outcome: string;
  /** What must not be. */
  violations: string[];
}

/** Receives one offer. What is thrown that is no WorkspaceError is a violation too, and leaves a fresh sandbox. */
export async function judgeOffer(product: Product, sandbox: Sandbox, offer: Offer): Promise<Verdict> {
  try {
    const { outcome, violations } = await receiveOffer(product, sandbox, offer);
    if ("rejected" in outcome) return { outcome: outcome.rejected, violations };
    return { outcome: "tree" in outcome ? "accepted" : "conflicts", violations };
  } catch (error) {
    sandbox.readyFor = undefined;
    const shown = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { outcome: "uncaught", violations: [`an error that is no WorkspaceError: ${shown}`] };
  }
}
