import { formatByteSize } from "@sloth/dsl";

const MIB = 2 ** 20;

/** A task brings, or has made, more than this agent takes for one. */
export class WorkspaceTooLarge extends Error {
  override name = "WorkspaceTooLarge";
  constructor(what: string, sizeBytes: number, limitBytes: number) {
    const size = sizeBytes < MIB ? sizeBytes : Math.ceil(sizeBytes / MIB) * MIB;
    super(
      `${what} amounts to ${formatByteSize(size)}; this agent takes at most ${formatByteSize(limitBytes)} for a task ` +
        "(its --max-workspace). Leave out with .slothignore what the task does not need.",
    );
  }
}
