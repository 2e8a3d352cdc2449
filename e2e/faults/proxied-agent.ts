import { localAgentPath, readKnownAgent, writeKnownAgent } from "@sloth/protocol";
import { onTestFinished } from "vitest";
import { type LineSettings, startTcpProxy, type TcpProxy } from "./tcp-proxy.js";

/** Stands before an agent of this machine until the test has finished: masters know the agent at its port too. */
export async function startAgentProxy(
  { port }: { port: number },
  settings: LineSettings = {},
): Promise<TcpProxy & { address: string }> {
  const proxy = await startTcpProxy({ targetPort: port, ...settings });
  onTestFinished(() => proxy.close());
  const known = await readKnownAgent(localAgentPath(port));
  if (!known) throw new Error(`No agent of this user listens on port ${port}`);
  await writeKnownAgent(localAgentPath(proxy.port), known);
  return Object.assign(proxy, { address: `localhost:${proxy.port}` });
}
