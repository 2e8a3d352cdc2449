import { systemCode } from "./errors.js";

/** Whether an error says, or follows from one that says, that a file system or a quota has no room. */
export function isOfFullDisk(error: unknown): boolean {
  const code = systemCode(error);
  if (code === "ENOSPC" || code === "EDQUOT") return true;
  return error instanceof Error && error.cause !== undefined && isOfFullDisk(error.cause);
}
