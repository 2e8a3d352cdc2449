import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { ensureProgram } from "./ensure-program.js";
import { masterBinary, type Running, repository, startProgram } from "./processes.js";
import { temporaryDirectory } from "./temporary-directory.js";

export type Side = "master" | "agent";

/** The device that joins a machine with the other one. */
export const DEVICE = "sloth0";

const ADDRESSES: Record<Side, string> = { master: "10.77.0.1", agent: "10.77.0.2" };

/** Two machines: a network namespace with a home each, which are not joined yet. The agent's is called `build1`. */
export interface TwoMachines {
  /** The names of the namespaces, as `ip netns` has them. */
  readonly namespaces: Readonly<Record<Side, string>>;
  /** The directory of the master in which commands are typed; on the agent it is the home. */
  readonly project: string;
  /** Gives {@link DEVICE}, which must be there, its address on a machine, and lets it carry. */
  raise(side: Side): void;
  /** Starts what is typed there, as the documentation has it (`npx @sloth/agent …`, `ssh build1 …`). */
  start(side: Side, command: string): Running;
  /** The same, to its end. */
  call(side: Side, command: string, input?: string): { code: number | null; stdout: string; stderr: string };
}

/** Runs `ip`. @throws what it says */
export function ip(...args: string[]): void {
  execFileSync("ip", args, { stdio: "pipe" });
}

/** Why this computer cannot have them, for a test to skip with; undefined when it can. */
export function whyNoMachines(): string | undefined {
  if (process.platform !== "linux") return `Network namespaces need Linux; this is ${process.platform}`;
  if (process.getuid?.() !== 0) return "needs root, to make network namespaces";
  const found = ensureProgram({ names: ["ip"], packages: ["iproute2"] });
  if ("why" in found) return found.why;
  const probe = `sloth-probe-${process.pid}`;
  if (spawnSync("ip", ["netns", "add", probe]).status !== 0) return "network namespaces cannot be made here";
  ip("netns", "del", probe);
  return undefined;
}

let count = 0;

/** They are gone when the test has finished, and with them their network. */
export function makeTwoMachines(): TwoMachines {
  count += 1;
  const namespaces = {
    master: `sloth-m-${process.pid}-${count}`,
    agent: `sloth-a-${process.pid}-${count}`,
  };
  for (const name of Object.values(namespaces)) {
    ip("netns", "add", name);
    onTestFinished(() => ip("netns", "del", name));
    ip("-n", name, "link", "set", "lo", "up");
  }
  const hosts = join(temporaryDirectory(), "hosts");
  writeFileSync(hosts, `127.0.0.1 localhost\n${ADDRESSES.agent} build1\n`);
  const home = { master: temporaryDirectory(), agent: temporaryDirectory() };
  // A workflow in a home directory would take all of it for its workspace, and is refused.
  const project = join(home.master, "project");
  mkdirSync(project);
  const programs = programsOf(namespaces.agent, home.agent);
  const env = (side: Side) => ({
    NO_COLOR: "1",
    PATH: `${programs}:${process.env.PATH}`,
    HOME: home[side],
    XDG_STATE_HOME: undefined,
    XDG_CONFIG_HOME: undefined,
  });
  /** `ip netns exec` gives each command a mount namespace of its own. */
  const typed = (side: Side, command: string) => [
    ...["ip", "netns", "exec", namespaces[side], "sh", "-c"],
    `mount --bind '${hosts}' /etc/hosts && cd '${side === "master" ? project : home.agent}' && ${command}`,
  ];
  return {
    namespaces,
    project,
    raise: (side) => {
      ip("-n", namespaces[side], "address", "add", `${ADDRESSES[side]}/24`, "dev", DEVICE);
      ip("-n", namespaces[side], "link", "set", DEVICE, "up");
    },
    start: (side, command) => startProgram(typed(side, `exec ${command}`), { env: env(side) }),
    call: (side, command, input = "") => {
      const [program = "", ...args] = typed(side, command);
      const options = { encoding: "utf8", env: { ...process.env, ...env(side) } } as const;
      const { status, stdout, stderr } = spawnSync(program, args, { ...options, input });
      return { code: status, stdout, stderr };
    },
  };
}

/** Joins them by a cable that is never bad. */
export function joinByCable({ namespaces: { master, agent }, raise }: TwoMachines): void {
  ip("link", "add", DEVICE, "netns", master, "type", "veth", "peer", "name", DEVICE, "netns", agent);
  raise("master");
  raise("agent");
}

/** `npx` that has these packages without a registry, and `ssh` that gets to the agent's machine without a server. */
function programsOf(agentMachine: string, agentHome: string): string {
  const directory = temporaryDirectory();
  const program = (name: string, script: string) => {
    writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(directory, name), 0o755);
  };
  const node = process.execPath;
  program(
    "npx",
    `case "$1" in
  @sloth/agent) shift; exec '${node}' '${repository}packages/agent/bin/sloth-agent.cjs' "$@" ;;
  @sloth/master) shift; exec '${node}' '${masterBinary}' "$@" ;;
esac
exit 127`,
  );
  program("ssh", `shift; HOME='${agentHome}' exec ip netns exec ${agentMachine} "$@"`);
  return directory;
}
