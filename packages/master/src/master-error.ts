/** Why a run cannot begin. */
export type MasterErrorCode =
  /** A flag or an argument is wrong. */
  | "USAGE"
  /** The inventory file cannot be read or has a mistake. */
  | "INVENTORY"
  /** A values or environment file cannot be read or has a mistake, or a value that was typed has. */
  | "VALUES"
  /** The workflow is valid, and this version cannot run all of it. */
  /** A name that is neither an address nor in the inventory. */
  | "UNKNOWN_AGENT"
  /** A group or a working directory that is named does not exist. */
  | "NOT_FOUND";

/** A mistake of the user's outside the workflow's own text. */
export class MasterError extends Error {
  override name = "MasterError";
  constructor(
    readonly code: MasterErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
