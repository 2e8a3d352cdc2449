import { randomBytes } from "node:crypto";

/** The environment variable by which a process of an attempt is known, wherever it has gone. */
export const MARK_VARIABLE = "SLOTH_ATTEMPT";

/** Marks the processes of an attempt, or of a part of one. */
export interface Mark {
  /** Random, so that its bytes occur in the environment of marked processes only. */
  id: string;
  /** Of {@link MARK_VARIABLE}: the ids of all that this is a part of, outermost first. */
  value: string;
}

/**
 * A fresh mark inside the one named by `outer`. Being a part is written down because a task may start a
 * runner of its own, whose processes must end with the task.
 */
export function createMark(outer: string | undefined): Mark {
  const id = randomBytes(16).toString("hex");
  return { id, value: outer ? `${outer}:${id}` : id };
}
