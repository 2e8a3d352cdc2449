import { homedir } from "node:os";
import { join } from "node:path";
import { type KnownAgent, readKnownAgent, removeFile, writeKnownAgent } from "@sloth/protocol";

/** What `sloth agents add` has written: an agent's certificate and token for each address. */
export interface Pins {
  /** @throws {CredentialError} NOT_PRIVATE, DAMAGED */
  read(address: string): Promise<KnownAgent | undefined>;
  /** @throws {CredentialError} NOT_PRIVATE */
  write(address: string, known: KnownAgent): Promise<void>;
  /** Whether there was one. */
  remove(address: string): Promise<boolean>;
}

/** Those of this user: `$XDG_CONFIG_HOME/sloth/agents/`. */
export function openPins(env: NodeJS.ProcessEnv = process.env): Pins {
  const directory = join(env.XDG_CONFIG_HOME || join(homedir(), ".config"), "sloth", "agents");
  // An address holds nothing else that a file's name cannot.
  const pathOf = (address: string) => join(directory, `${encodeURIComponent(address.toLowerCase())}.json`);
  return {
    read: (address) => readKnownAgent(pathOf(address)),
    write: (address, known) => writeKnownAgent(pathOf(address), known),
    remove: (address) => removeFile(pathOf(address)),
  };
}
