import { onTestFinished } from "vitest";
import { knowByPort } from "./know-by-port.js";
import { type LineSettings, startTcpProxy, type TcpProxy } from "./tcp-proxy.js";

/** Stands before an agent of this machine until the test has finished: masters know the agent at its port too. */
export async function startAgentProxy(
  { port }: { port: number },
  settings: LineSettings = {},
): Promise<TcpProxy & { address: string }> {
  const proxy = await startTcpProxy({ targetPort: port, ...settings });
  onTestFinished(() => proxy.close());
  await knowByPort(port, proxy.port);
  return Object.assign(proxy, { address: `localhost:${proxy.port}` });
}
