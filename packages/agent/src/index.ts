/** The sloth agent as a library: serves the protocol over the runtime and the workspace engine. Schedules nothing. */
export type { Agent, AgentOptions } from "./agent.js";
export { startAgent } from "./agent.js";
export type { AgentErrorCode } from "./agent-error.js";
export { AgentError } from "./agent-error.js";
