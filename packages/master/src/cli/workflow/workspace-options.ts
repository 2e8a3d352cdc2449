import type { Argv } from "yargs";

/** The options that say how changes are applied, under a title in the help. */
export function applyOptions<T>(command: Argv<T>, title: string) {
  return command
    .option("on-conflict", {
      type: "string",
      requiresArg: true,
      describe: "A path that was changed here too: fail (default), theirs or ours",
    })
    .option("external-symlinks", {
      type: "string",
      requiresArg: true,
      describe: "A new link that leaves the directory: refuse (default) or keep",
    })
    .option("allow-delete-all", { type: "boolean", describe: "Let a task delete every file" })
    .option("protect", {
      type: "string",
      isRepeatable: true,
      requiresArg: true,
      describe: "Refuse changes of what this pattern matches; with ! in front, allow them. May be repeated",
    })
    .group(["on-conflict", "external-symlinks", "allow-delete-all", "protect"], title);
}

/** The options that say what is sent. */
export function sendOptions<T>(command: Argv<T>) {
  return command
    .option("ignore", {
      type: "string",
      isRepeatable: true,
      requiresArg: true,
      describe: "Leave out what this pattern matches. May be repeated",
    })
    .option("gitignore", { type: "boolean", describe: "Leave out what .gitignore names, too" })
    .option("keep-ignored", {
      type: "boolean",
      describe: "Leave ignored files on the agent for the next task",
    })
    .option("sync-git", { type: "boolean", describe: "Send .git as well" })
    .option("max-bytes", {
      type: "string",
      requiresArg: true,
      describe: "Bytes that one task may be sent or send back, as in 2GiB",
    })
    .option("max-files", {
      type: "string",
      requiresArg: true,
      describe: "Paths that one task may be sent or send back",
    })
    .group(["ignore", "gitignore", "keep-ignored", "sync-git", "max-bytes", "max-files"], "What is sent:");
}
