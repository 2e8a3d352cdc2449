import { localAgentPath, readKnownAgent, writeKnownAgent } from "@sloth/protocol";

/** Lets masters that use the same state know the agent at `from` by another port of this machine too. */
export async function knowByPort(from: number, to: number, env?: NodeJS.ProcessEnv): Promise<void> {
  const known = await readKnownAgent(localAgentPath(from, env));
  if (!known) throw new Error(`No agent of this user listens on port ${from}`);
  await writeKnownAgent(localAgentPath(to, env), known);
}
