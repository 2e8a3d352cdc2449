import { AgentError } from "./agent-error.js";

/**
 * Gives the port.
 * @param bind - listens at `host:port`
 * @throws {AgentError} PORT_IN_USE, PORT_FORBIDDEN, NO_SUCH_ADDRESS
 */
export async function listen(
  bind: (address: string) => Promise<number>,
  { host, port }: { host: string; port: number },
): Promise<number> {
  try {
    return await bind(`${host.includes(":") ? `[${host}]` : host}:${port}`);
  } catch (cause) {
    throw explain(cause as Error, { host, port });
  }
}

function explain(cause: Error, { host, port }: { host: string; port: number }): Error {
  if (/EADDRINUSE/.test(cause.message)) {
    const message = `Port ${port} is in use, perhaps by another agent. Stop it, or choose a port with --port.`;
    return new AgentError("PORT_IN_USE", message, { cause });
  }
  if (/EACCES/.test(cause.message)) {
    const message = `Port ${port} needs more rights than this user has. Choose one above 1023 with --port.`;
    return new AgentError("PORT_FORBIDDEN", message, { cause });
  }
  if (/EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN|Name resolution|EINVAL/.test(cause.message)) {
    const message = `--host ${host} is no address of this machine. Name one that it has, or 0.0.0.0 for all.`;
    return new AgentError("NO_SUCH_ADDRESS", message, { cause });
  }
  return cause;
}
