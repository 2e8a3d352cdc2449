import { HostError } from "@sloth/dsl";
import { toHostError } from "../lua/host-errors.js";

/** Why there is no answer, where Node has no error for it. */
export class HttpProblem extends Error {
  override name = "HttpProblem";
}

const WORDS: Record<string, string> = {
  ENOTFOUND: "there is no host of this name",
  EAI_AGAIN: "the name of the host could not be looked up",
  ECONNRESET: "the connection was closed before the answer was complete",
};

/**
 * Why a request got no answer, for a person. Nothing of the URL or the headers is in it.
 * @throws the error itself, where it is no failure of the network or of files
 */
export function describeProblem(error: unknown): string {
  if (error instanceof HttpProblem || error instanceof HostError) return error.message;
  // Of a host with several addresses each was tried.
  if (error instanceof AggregateError) return describeProblem(error.errors[0]);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  const words = WORDS[code];
  if (words !== undefined) return words;
  if (code.startsWith("HPE_")) return `the answer is not HTTP: ${message}`;
  // All but the reason in OpenSSL's words is of the place in its source.
  if (code === "EPROTO") return `TLS: ${/:SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? "it failed"}`;
  const known = toHostError(error);
  return known instanceof HostError ? known.message : message;
}
