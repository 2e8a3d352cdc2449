import type { Host, LogRecord } from "../host.js";
import type { SourceFiles } from "../load/source-files.js";
import type { LoadContext } from "../load-context.js";
import type { TaskContext } from "../task-state.js";
import { MisuseError } from "./host-function.js";

/**
 * What the library of one state is connected to. While a workflow is loaded nothing runs, so there is no
 * host yet; what it logs and prints goes to the listeners.
 */
export interface HostBinding {
  /** `undefined` while the workflow is loaded. */
  host: Host | undefined;
  /** Of the function that is called; `undefined` before the first. */
  call?: TaskContext | undefined;
  /** The workflow file's name in the bundle, and all files that may be read. */
  readonly file: string;
  readonly files: SourceFiles;
  /** What loading depends on besides files. */
  readonly context: LoadContext;
  /** A variable of the environment while the workflow is loaded. */
  readonly environment: (name: string) => string | undefined;
  readonly onLog?: ((record: LogRecord) => void) | undefined;
  readonly onPrint?: ((bytes: Uint8Array) => void) | undefined;
}

/** Shows bytes, live. */
export function printTo(binding: HostBinding, bytes: Uint8Array, stream: "stdout" | "stderr"): void {
  if (binding.host) binding.host.print(bytes, stream);
  else binding.onPrint?.(bytes);
}

/** The host, for the function `name` of the library. */
export function requireHost(binding: HostBinding, name: string): Host {
  if (binding.host) return binding.host;
  throw new MisuseError(
    `${name} cannot run while the workflow is being loaded; call it inside a command function`,
  );
}
