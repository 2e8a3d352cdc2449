import { CredentialError, type JoinLine, parseJoinLine, readPrivateFile } from "@sloth/protocol";
import type { CredentialReference } from "../inventory/inventory.js";

/**
 * The join line that an inventory refers to.
 * @throws {CredentialError} MISSING, NOT_PRIVATE, JOIN_LINE; the message names the place and not the line
 */
export async function readReferredLine(reference: CredentialReference): Promise<JoinLine> {
  const place = "env" in reference ? `the variable ${reference.env}` : reference.file;
  const text = "env" in reference ? process.env[reference.env] : await readPrivateFile(reference.file);
  if (text === undefined || text.trim() === "")
    throw new CredentialError(
      "MISSING",
      `agents.yaml refers to ${place} for a credential, and it is ${text === undefined ? "not there" : "empty"}. ` +
        "Put the line there that npx @sloth/agent init prints on the agent's machine",
    );
  try {
    return parseJoinLine(text);
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error;
    throw new CredentialError(error.code, `${place}: ${error.message}`);
  }
}
