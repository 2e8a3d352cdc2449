import { mkdirSync } from "node:fs";
import { startInBackground } from "../../processes/background.js";
import type { PrivateSshd } from "../../processes/private-sshd.js";
import { run } from "../../processes/run.js";
import type { Contender } from "./contender.js";

/** What a person types: rsync out, the task, rsync back; each with a connection of its own. */
export function rsyncContender(sshd: PrivateSshd): Contender {
  return {
    name: "rsync",
    pair: async ({ source, far, via }) => {
      mkdirSync(far);
      const ssh = sshd.ssh((await via?.(sshd.port)) ?? sshd.port);
      return { command: (task) => rsyncCommand({ ssh, source, far, task }), close: async () => {} };
    },
  };
}

/** The same over one connection that is open already. */
export function multiplexedRsyncContender(sshd: PrivateSshd): Contender {
  return {
    name: "rsync-mux",
    pair: async ({ source, far, via }) => {
      mkdirSync(far);
      const port = (await via?.(sshd.port)) ?? sshd.port;
      const control = `${far}.ctl`;
      const connection = startInBackground([...sshd.ssh(port, control), "-M", "-N", "far"]);
      const ssh = sshd.ssh(port, control);
      // A command over a connection that is not up yet would open its own; so wait for the control socket.
      await run(["timeout", "60", "sh", "-c", 'until [ -S "$1" ]; do sleep 0.05; done', "sh", control]);
      return { command: (task) => rsyncCommand({ ssh, source, far, task }), close: connection.stop };
    },
  };
}

/** Knows nothing of what is there already: all of it, each time, both ways. */
export function tarContender(sshd: PrivateSshd): Contender {
  return {
    name: "tar",
    pair: async ({ source, far, via }) => {
      mkdirSync(far);
      const ssh = sshd.ssh((await via?.(sshd.port)) ?? sshd.port).join(" ");
      const script = (task: string) =>
        [
          `tar -C "${source}" -cf - . | ${ssh} far 'tar -C "${far}" -xf -'`,
          `${ssh} far 'cd "${far}" && ${task}'`,
          // Without --overwrite tar deletes every file before it creates it again.
          `${ssh} far 'tar -C "${far}" -cf - .' | tar -C "${source}" --overwrite -xf -`,
        ].join(" && ");
      return { command: (task) => ({ argv: ["sh", "-c", script(task)] }), close: async () => {} };
    },
  };
}

interface Rsync {
  ssh: string[];
  source: string;
  far: string;
  task: string;
}

function rsyncCommand({ ssh, source, far, task }: Rsync): { argv: string[] } {
  const shell = ssh.join(" ");
  const script = [
    `rsync -a --delete -e '${shell}' "${source}/" "far:${far}/"`,
    `${shell} far 'cd "${far}" && ${task}'`,
    `rsync -a --delete -e '${shell}' "far:${far}/" "${source}/"`,
  ].join(" && ");
  return { argv: ["sh", "-c", script] };
}
