import type { TaskRunner } from "@sloth/runtime";

/** A runner under the contract. */
export interface ContractSubject {
  runner: TaskRunner;
  /** The workspace of every attempt: an empty directory, whose path is absolute. */
  workspace: string;
  close(): Promise<void>;
}
