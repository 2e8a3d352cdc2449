import type { TaskResult } from "@sloth/runtime";
import { writeJson } from "../events/json-text.js";
import { type JsonObject, toJsonValue } from "../events/json-value.js";
import type { RunEvent } from "../events/run-event.js";

/** What the tasks of a run have returned and exported, for whoever started it. */
export class ReturnedValues {
  readonly #outputs: JsonObject = Object.create(null);
  readonly #exports: JsonObject = Object.create(null);

  take(event: RunEvent): void {
    if (event.type === "function-finished") this.#addExports(event.result);
    if (event.type !== "task-finished" && event.type !== "task-reused") return;
    const { task, result } = event;
    this.#addExports(result);
    if (result.status !== "succeeded") return;
    const group = (this.#outputs[task.group] ?? Object.create(null)) as JsonObject;
    this.#outputs[task.group] = group;
    group[task.name] = toJsonValue(result.outputs ?? null);
  }

  #addExports({ exports = {} }: TaskResult): void {
    for (const [key, value] of Object.entries(exports)) this.#exports[key] = toJsonValue(value);
  }

  /** One line: `{"outputs":{"group":{"task":…}},"exports":{…}}`. A later export wins over one of the same name. */
  get document(): string {
    return writeJson({ outputs: this.#outputs, exports: this.#exports });
  }
}
