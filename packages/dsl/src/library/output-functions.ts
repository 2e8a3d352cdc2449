import type { LogLevel, LogRecord } from "../host.js";
import { cutText } from "../lua/cut-text.js";
import type { LuaTable, LuaValue } from "../model.js";
import { type HostBinding, printTo } from "./host-binding.js";
import { type Arguments, type HostFunction, MisuseError } from "./host-function.js";

/** A log record travels in one message. */
const MAX_FIELDS_BYTES = 1024 * 1024;

/** `log.*`, `print` and the clock. */
export function outputFunctions(binding: HostBinding): Record<string, HostFunction> {
  return {
    log: (args) => {
      const record = readRecord(args);
      if (binding.host) binding.host.log(record);
      else binding.onLog?.(record);
      return [];
    },
    print: (args) => {
      printTo(binding, args.bytes(1), "stdout");
      return [];
    },
    clock: () => {
      const loading = binding.host === undefined;
      return [Math.floor((loading ? binding.context.clockMs : Date.now()) / 1000), loading];
    },
  };
}

function readRecord(args: Arguments): LogRecord {
  const record: LogRecord = {
    level: args.text(1) as LogLevel,
    message: cutText(args.bytes(2)),
  };
  const fields = args.count > 2 ? args.value(3, "fields", MAX_FIELDS_BYTES) : null;
  if (fields !== null) record.fields = asFields(fields);
  return record;
}

function asFields(value: LuaValue): LuaTable {
  if (Array.isArray(value)) throw new MisuseError("the fields of a log record need names, not positions");
  return value as LuaTable;
}
