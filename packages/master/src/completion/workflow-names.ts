import { type Group, loadWorkflow } from "@sloth/dsl";
import { describedOptions } from "../cli/config/described-options.js";
import { completeWorkflow } from "../cli/place/complete-workflow.js";
import { fileOption, toFile } from "../cli/workflow/file-option.js";
import type { Candidate } from "./candidate.js";
import type { TypedArguments } from "./typed-line.js";
import { typedPlace } from "./typed-place.js";

/** Whoever presses a key waits. */
const LONGEST_LOAD_MS = 2000;

export async function groupNames({ options }: TypedArguments): Promise<Candidate[]> {
  return (await loadGroups(options)).map(({ name, description }) => candidate(name, description));
}

/** `task`, which means all of that name, or `group/task` once a group is typed; after each comma anew. */
export async function taskNames({ options, current }: TypedArguments): Promise<Candidate[]> {
  const typed = current.slice(0, current.lastIndexOf(",") + 1);
  const inGroup = current.slice(typed.length).includes("/");
  const found = new Map<string, Candidate>();
  for (const group of await loadGroups(options)) {
    for (const { name, description } of group.tasks) {
      const value = typed + (inGroup ? `${group.name}/${name}` : name);
      if (!found.has(value)) found.set(value, candidate(value, description));
    }
  }
  return [...found.values()];
}

function candidate(value: string, describe: string | undefined): Candidate {
  return { value, ...(describe !== undefined && { describe }) };
}

/** @throws when there is no workflow, or none that can be loaded */
async function loadGroups(options: TypedArguments["options"]): Promise<Group[]> {
  const reader = { options: describedOptions(fileOption), read: toFile };
  const { parsed } = await completeWorkflow(typedPlace(options), reader);
  const { file, values: files, set: settings, envFiles } = toFile(parsed);
  const environment =
    envFiles.length > 0 ? await (await import("../load/read-env-file.js")).readEnvFiles(envFiles) : {};
  const isGiven = files.length + settings.length > 0;
  const given = isGiven ? await import("../load/read-values.js") : undefined;
  const { workflow } = await loadWorkflow(file, {
    ...(given && { values: await given.readValues({ files, settings }) }),
    environment: { ...process.env, ...environment },
    loadTimeoutMs: LONGEST_LOAD_MS,
  });
  return workflow.groups;
}
