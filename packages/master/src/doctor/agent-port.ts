import { createServer } from "node:net";
import type { Check } from "./check.js";

/** The port on which an agent of this machine would listen. */
export const agentPort: Check = {
  name: "agent's port",
  timeoutMs: 15_000,
  async run({ agentPort: port, connect }) {
    const problem = await problemOfListening(port);
    if (problem === undefined) return { outcome: "ok", message: `${port} is free` };
    if (problem === "EADDRINUSE") {
      const agent = await connect({ label: "here", host: "127.0.0.1", port }).catch(() => undefined);
      if (agent) return { outcome: "ok", message: `an agent listens on ${port}` };
    }
    const reason = problem === "EADDRINUSE" ? "another program listens on it" : problem;
    return {
      outcome: "warning",
      message: `an agent here could not have ${port}: ${reason}`,
      mend: "npx @sloth/agent --port PORT",
    };
  },
};

/** The code of the error; undefined where it is possible. */
function problemOfListening(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
      .on("error", ({ code, message }: NodeJS.ErrnoException) => resolve(code ?? message))
      .listen(port, "127.0.0.1", () => server.close(() => resolve(undefined)));
  });
}
