import type { LuaTable } from "@sloth/dsl";
import type { TaskResult } from "@sloth/runtime";
import { fromJsonValue, type JsonObject, toJsonValue } from "./json-value.js";

/** A result as it stands in JSON, with members that are not known left out. */
export type ResultJson = Omit<TaskResult, "outputs" | "exports"> & {
  outputs?: unknown;
  exports?: unknown;
};

export function encodeResult({ outputs, exports, changes, ...rest }: TaskResult): JsonObject {
  return {
    ...rest,
    ...(outputs !== undefined && { outputs: toJsonValue(outputs) }),
    ...(exports && { exports: toJsonValue(exports) }),
    ...(changes && { changes: { ...changes } }),
  };
}

export function decodeResult({ outputs, exports, ...rest }: ResultJson): TaskResult {
  return {
    ...rest,
    ...(outputs !== undefined && { outputs: fromJsonValue(outputs) }),
    ...(exports !== undefined && { exports: fromJsonValue(exports) as LuaTable }),
  };
}
