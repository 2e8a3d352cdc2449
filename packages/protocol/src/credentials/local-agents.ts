import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where agents of this user leave what a master of the same user calls them with, one file for each port:
 * `$XDG_STATE_HOME/sloth/local-agents/<port>.json`. Only their owner can read them. One that is left over is
 * harmless: whatever listens there meanwhile has another key.
 */
export function localAgentsDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "sloth", "local-agents");
}

export function localAgentPath(port: number, env?: NodeJS.ProcessEnv): string {
  return join(localAgentsDirectory(env), `${port}.json`);
}

/** Whether a host is this machine, whoever else has a say in what names mean. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
}
