import { hostAndPort } from "@sloth/protocol";
import { AgentError } from "./agent-error.js";

export interface ListeningPlace {
  host: string;
  port: number;
  /** What the port is chosen with on the command line. */
  option: "--port" | "--metrics-port";
  /** And the host. Default `--host`. */
  hostOption?: "--metrics-host";
}

/**
 * Gives what `bind` gives.
 * @param bind - listens at `host:port`
 * @throws {AgentError} PORT_IN_USE, PORT_FORBIDDEN, NO_SUCH_ADDRESS
 */
export async function listen<T>(bind: (address: string) => Promise<T>, place: ListeningPlace): Promise<T> {
  try {
    return await bind(hostAndPort(place.host, place.port));
  } catch (cause) {
    throw explain(cause as Error, place);
  }
}

function explain(cause: Error, { host, port, option, hostOption }: ListeningPlace): Error {
  if (/EADDRINUSE/.test(cause.message)) {
    const message = `Port ${port} is in use, perhaps by another agent. Stop it, or choose a port with ${option}.`;
    return new AgentError("PORT_IN_USE", message, { cause });
  }
  if (/EACCES/.test(cause.message)) {
    const message = `Port ${port} needs more rights than this user has. Choose one above 1023 with ${option}.`;
    return new AgentError("PORT_FORBIDDEN", message, { cause });
  }
  if (/EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN|Name resolution|EINVAL/.test(cause.message)) {
    const message = `${hostOption ?? "--host"} ${host} is no address of this machine. Name one that it has, or 0.0.0.0 for all.`;
    return new AgentError("NO_SUCH_ADDRESS", message, { cause });
  }
  return cause;
}
