import type { Server } from "nice-grpc";
import { AgentError } from "./agent-error.js";
import type { Gate } from "./trust/gate.js";

/** Gives the port. @throws {AgentError} PORT_IN_USE, PORT_FORBIDDEN */
export async function listen(
  server: Server,
  gate: Gate,
  { host, port }: { host: string; port: number },
): Promise<number> {
  try {
    return await gate.listen(server, `${host.includes(":") ? `[${host}]` : host}:${port}`);
  } catch (cause) {
    const message = (cause as Error).message;
    if (/EADDRINUSE/.test(message)) {
      throw new AgentError(
        "PORT_IN_USE",
        `Port ${port} is in use, perhaps by another agent. Stop it, or choose a port with --port.`,
        { cause },
      );
    }
    if (/EACCES/.test(message)) {
      throw new AgentError(
        "PORT_FORBIDDEN",
        `Port ${port} needs more rights than this user has. Choose one above 1023 with --port.`,
        { cause },
      );
    }
    throw cause;
  }
}
