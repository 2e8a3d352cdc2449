import type { Argv } from "yargs";
import { LOG_ORDERS, type LogOrder } from "../../view/lines-of-tasks.js";
import type { Output } from "../../view/open-view.js";
import { oneOf, switched, usage } from "../command-line/option-values.js";

/** How a run is shown, beside the choice of the view. */
export interface ViewArguments {
  timestamps: boolean;
  /** Absent: as the view does it. */
  logOrder?: LogOrder | undefined;
  /** Print outputs and exports on stdout at the end. */
  returnsValues: boolean;
}

/** How the lines of tasks are shown. */
export function lineOptions<T>(command: Argv<T>) {
  return command
    .option("timestamps", { type: "boolean", describe: "Put the time, in UTC, in front of each line" })
    .option("log-order", {
      type: "string",
      describe:
        "stream: lines when they come; grouped: those of a task together, when it ends  " +
        "[default: stream, in GitHub Actions grouped]",
    });
}

export function viewOptions<T>(command: Argv<T>) {
  return lineOptions(command).option("return", {
    type: "boolean",
    isOfOneCall: true,
    describe: "Print outputs and exports as one JSON document on stdout at the end, all else on stderr",
  });
}

/** @throws {MasterError} USAGE */
export function toView(parsed: Record<string, unknown>, output: Output): ViewArguments {
  const timestamps = switched(parsed.timestamps) ?? false;
  const logOrder = oneOf("log-order", parsed.logOrder, LOG_ORDERS);
  const returnsValues = switched(parsed.return) ?? false;
  const hasNoLines = output === "json" || output === "quiet";
  if (hasNoLines && timestamps) throw usage(`--timestamps is not for --output ${output}.`);
  if (hasNoLines && logOrder) throw usage(`--log-order is not for --output ${output}.`);
  if (returnsValues && output === "json")
    throw usage("Give --return or --output json, not both: the events tell the outputs, too.");
  return { timestamps, logOrder, returnsValues };
}
