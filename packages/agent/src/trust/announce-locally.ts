import {
  type AgentTrust,
  fingerprintOf,
  isLoopback,
  localAgentPath,
  readKnownAgent,
  removeFile,
  writeKnownAgent,
} from "@sloth/protocol";

const EVERY_ADDRESS = /^(0\.0\.0\.0|::)$/;

/**
 * Leaves what a master of the same user on this machine calls the agent with; gives what takes it away again. Where
 * there is nothing to leave, removes what an earlier agent has left. Does nothing for one that loopback does not reach.
 * @throws {CredentialError} NOT_PRIVATE when others could read or change it
 */
export async function announceLocally(
  { host, port }: { host: string; port: number },
  trust: AgentTrust | undefined,
): Promise<() => Promise<void>> {
  const path = localAgentPath(port);
  if (!isLoopback(host) && !EVERY_ADDRESS.test(host)) return async () => {};
  const known =
    trust?.kind === "pinned" && trust.token !== undefined ? { ...trust, token: trust.token } : undefined;
  if (known) await writeKnownAgent(path, known);
  else await removeFile(path);
  return async () => {
    const left = await readKnownAgent(path).catch(() => undefined);
    // Another agent may have the port by now.
    if (known && left && fingerprintOf(left.certificate) === fingerprintOf(known.certificate))
      await removeFile(path);
  };
}
