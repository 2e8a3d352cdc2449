import type { Bench } from "../bench.js";
import type { Options } from "./command-line.js";

/** A bench with what was asked of the workspace parts. */
export interface WorkspaceBench extends Bench {
  readonly options: Options;
}
