import { sha256 } from "../bundle/sha256.js";
import type { Group, SourcePosition, Task } from "../model.js";
import { type FunctionSpan, functionSpans } from "../source/function-spans.js";
import { prepareSource } from "../source/prepare-source.js";
import type { LoadedWorkflow } from "./load-workflow.js";
import { canonicalText } from "./model-hash.js";

const SHOWN_DIGITS = 16;

/**
 * Digests of what tasks are: their fields, the text of their own functions wherever that stands in a file, and what
 * their group says of where they run; with `values` where they have functions. What a function calls is not in it.
 *
 * @returns the digest of a task of a group; undefined where the workflow has none of these names
 */
export function taskDefinitions(loaded: LoadedWorkflow): (group: string, task: string) => string | undefined {
  const definitionOf = definitionsIn(loaded);
  const groups = new Map(
    loaded.workflow.groups.map((group) => [
      group.name,
      { group, tasks: new Map(group.tasks.map((task) => [task.name, task])) },
    ]),
  );
  return (groupName, taskName) => {
    const found = groups.get(groupName);
    const task = found?.tasks.get(taskName);
    return found && task && definitionOf(found.group, task);
  };
}

function definitionsIn(loaded: LoadedWorkflow): (group: Group, task: Task) => string {
  const files = new Map<string, { source: Uint8Array; spans: Map<number, FunctionSpan[]> }>();
  const textAt = ({ file, line }: SourcePosition): string[] => {
    const known = files.get(file);
    if (known) return textsOf(known, line);
    const source = prepareSource(loaded.bundle.files.get(file) ?? new Uint8Array());
    const read = { source, spans: functionSpans(source) };
    files.set(file, read);
    return textsOf(read, line);
  };
  // Of each once, since many tasks share them.
  const groupTexts = new Map<Group, string>();
  const textOfGroup = (group: Group) => {
    const text = groupTexts.get(group) ?? canonicalText(groupTerms(group));
    groupTexts.set(group, text);
    return text;
  };
  let given: string | undefined;
  const textOfValues = () => {
    given ??= canonicalText(loaded.context.values);
    return given;
  };
  return (group, task) => {
    const functions = functionsOf(task).map(([field, at]) => [field, ...textAt(at)]);
    const texts = [textOfGroup(group), canonicalText(plainFields(task)), canonicalText(functions)];
    // The canonical text of a list of all four.
    const whole = `[${[...texts, functions.length > 0 ? textOfValues() : canonicalText(undefined)].join(",")}]`;
    return sha256().update(whole).digest("hex").slice(0, SHOWN_DIGITS);
  };
}

/** All that begin in the line: it cannot be known which one is meant. */
function textsOf(
  { source, spans }: { source: Uint8Array; spans: Map<number, FunctionSpan[]> },
  line: number,
): string[] {
  const found = spans.get(line) ?? [];
  return found.map(({ start, end }) => Buffer.from(source.subarray(start, end)).toString("latin1"));
}

function functionsOf({ command, runIf, abortIf, hooks = {} }: Task): [string, SourcePosition][] {
  const commands = Object.entries({ command, runIf, abortIf }).flatMap(
    ([field, value]): [string, SourcePosition][] => (value?.kind === "lua" ? [[field, value.at]] : []),
  );
  return [...commands, ...Object.entries(hooks)];
}

function plainFields({ at: _, hooks: __, command, runIf, abortIf, ...fields }: Task): object {
  const scripts = [command, runIf, abortIf].map((given) =>
    given?.kind === "shell" ? given.script : given?.kind,
  );
  return { ...fields, scripts };
}

function groupTerms({ name, workdir, createWorkdir, delegateTo, env }: Group): object {
  return { name, workdir, createWorkdir, delegateTo, env };
}
