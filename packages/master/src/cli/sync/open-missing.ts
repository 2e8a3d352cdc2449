import type { MissingContents } from "../../plan/sync-forecast.js";
import type { TypedTrust } from "../../trust/find-trust.js";
import { openAgentPool } from "../agents/open-agent-pool.js";

/** Asks the agents themselves; each is connected to when it is first asked. */
export async function openMissingContents(trust: TypedTrust): Promise<MissingContents & { close(): void }> {
  const [pool, { askMissing }, { PLAIN_TERMS, rulesOf }] = await Promise.all([
    openAgentPool(trust),
    import("../../dispatch/ask-missing.js"),
    import("../../dispatch/workspace-terms.js"),
  ]);
  return {
    async of(target, workspace, settings) {
      const agent = await pool.connect(target);
      const terms = { ...PLAIN_TERMS, rules: rulesOf(settings) };
      return await askMissing({ agent, workspace, terms, signal: new AbortController().signal });
    },
    close: () => void pool.close(),
  };
}
