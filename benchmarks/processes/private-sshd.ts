import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { Bench } from "../bench.js";
import { startInBackground } from "./background.js";
import { ensurePrograms } from "./debian-packages.js";
import { run } from "./run.js";

const SSHD = "/usr/sbin/sshd";

/** An ssh server of our own on loopback, with its own keys; the machine's ssh is neither used nor changed. */
export interface PrivateSshd {
  readonly port: number;
  readonly configurationFile: string;
  /** The words of an ssh command for a port that leads to it, without the host, which is `far` and anything behind. */
  ssh(port: number, controlPath?: string): string[];
}

/** Started once, and stopped at the end of the benchmark. Gives the reason when it cannot be had. */
export async function openPrivateSshd(bench: Bench): Promise<PrivateSshd | { missing: string }> {
  const missing = await ensurePrograms(bench, {
    [SSHD]: "openssh-server",
    ssh: "openssh-client",
    rsync: "rsync",
  });
  if (missing !== undefined) return { missing };
  const directory = bench.freshDirectory("ssh");
  mkdirSync(directory, { mode: 0o700 });
  const port = await freePort();
  await makeKeys(directory);
  writeConfigurations(directory, port);
  // Where the server drops its privileges to; a packaged service would make it.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const server = startInBackground([SSHD, "-D", "-e", "-f", join(directory, "sshd_config")]);
  bench.atEnd(server.stop);
  await server.until(/Server listening on/);
  return {
    port,
    configurationFile: join(directory, "ssh_config"),
    ssh: (toPort, controlPath) => [
      ...["ssh", "-F", join(directory, "ssh_config"), "-p", String(toPort)],
      ...(controlPath === undefined ? [] : ["-S", controlPath]),
    ],
  };
}

async function makeKeys(directory: string): Promise<void> {
  for (const name of ["host_key", "user_key"])
    await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", join(directory, name)]);
  const hostKey = readFileSync(join(directory, "host_key.pub"), "utf8");
  writeFileSync(join(directory, "known_hosts"), `sloth-benchmark ${hostKey}`);
  writeFileSync(join(directory, "authorized_keys"), readFileSync(join(directory, "user_key.pub")));
  chmodSync(join(directory, "authorized_keys"), 0o600);
}

function writeConfigurations(directory: string, port: number): void {
  const server = {
    Port: port,
    ListenAddress: "127.0.0.1",
    HostKey: join(directory, "host_key"),
    AuthorizedKeysFile: join(directory, "authorized_keys"),
    PidFile: "none",
    // The work directory may lie below one that everybody may write, such as /tmp.
    StrictModes: "no",
    PasswordAuthentication: "no",
    KbdInteractiveAuthentication: "no",
    UsePAM: "no",
    UseDNS: "no",
    PermitRootLogin: "prohibit-password",
    // Connections that come at the same time are not turned away.
    MaxStartups: 500,
    // The user's shell would read what the user has it do at each start, which can take seconds.
    SetEnv: `HOME=${directory}`,
  };
  const client = {
    HostName: "127.0.0.1",
    HostKeyAlias: "sloth-benchmark",
    User: userInfo().username,
    IdentityFile: join(directory, "user_key"),
    IdentitiesOnly: "yes",
    UserKnownHostsFile: join(directory, "known_hosts"),
    GlobalKnownHostsFile: "/dev/null",
    StrictHostKeyChecking: "yes",
    BatchMode: "yes",
    LogLevel: "ERROR",
  };
  writeFileSync(join(directory, "sshd_config"), lines(server));
  writeFileSync(join(directory, "ssh_config"), `Host far*\n${lines(client)}`);
}

function lines(settings: Record<string, string | number>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${value}\n`)
    .join("");
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
