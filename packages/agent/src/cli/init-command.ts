import { hostname, userInfo } from "node:os";
import { fingerprintOf, formatJoinLine } from "@sloth/protocol";
import { defaultStateDirectory, makeStateDirectory } from "../state/state-directory.js";
import { renewAnnouncements } from "../trust/announce-locally.js";
import { openOwnCredentials, rotateToken } from "../trust/own-credentials.js";
import type { InitOptions } from "./init-command-line.js";

/**
 * Makes the agent's credentials where there are none. The join line alone goes to standard output, so that it can be
 * piped into `sloth agents add`; what to do with it goes to standard error.
 */
export async function init({ stateDirectory, port, rotatesToken }: InitOptions): Promise<void> {
  const directory = stateDirectory ?? defaultStateDirectory();
  await makeStateDirectory(directory);
  const { certificate, token } = rotatesToken
    ? await rotateToken(directory)
    : await openOwnCredentials(directory);
  if (rotatesToken) await renewAnnouncements({ kind: "pinned", certificate, token });
  process.stdout.write(`${formatJoinLine({ fingerprint: fingerprintOf(certificate), token })}\n`);
  for (const line of whatToDo({ stateDirectory, port, rotatesToken })) process.stderr.write(`${line}\n`);
}

function whatToDo({ stateDirectory, port, rotatesToken }: InitOptions): string[] {
  const address = `${hostname()}:${port}`;
  const start = `npx @sloth/agent --host 0.0.0.0${port === 50_051 ? "" : ` --port ${port}`}${stateDirectory === undefined ? "" : ` --state-dir ${stateDirectory}`}`;
  return [
    "",
    "On the machine of the master, type this, and paste the line above when it asks:",
    `  npx @sloth/master agents add ${address}${rotatesToken ? " --replace" : ""}`,
    "To be reached from there, the agent is started with:",
    `  ${start}`,
    `Whoever has the line can run programs on this machine as ${userInfo().username}.`,
  ];
}
