import { CredentialError, type JoinLine, parseJoinLine, readPrivateFile } from "@sloth/protocol";
import type { CredentialReference } from "../inventory/inventory.js";

const withheld = new Map<string, string>();

/** Takes the variables with join lines out of the environment, so that no task inherits them. */
export function withholdLines(references: Iterable<CredentialReference | undefined>): void {
  for (const reference of references) {
    if (!reference || !("env" in reference)) continue;
    const value = process.env[reference.env];
    if (value === undefined) continue;
    withheld.set(reference.env, value);
    delete process.env[reference.env];
  }
}

function variable(name: string): string | undefined {
  return withheld.get(name) ?? process.env[name];
}

/**
 * The join line that an inventory refers to.
 * @throws {CredentialError} MISSING, NOT_PRIVATE, JOIN_LINE; the message names the place and not the line
 */
export async function readReferredLine(reference: CredentialReference): Promise<JoinLine> {
  const place = "env" in reference ? `the variable ${reference.env}` : reference.file;
  const text = "env" in reference ? variable(reference.env) : await readPrivateFile(reference.file);
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
