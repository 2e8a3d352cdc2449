import type { Host, LogRecord } from "../host.js";
import { MisuseError } from "./host-function.js";

/**
 * What the library of one state is connected to. While a workflow is loaded nothing runs, so there is no
 * host yet; what it logs and prints goes to the listeners.
 */
export interface HostBinding {
  /** `undefined` while the workflow is loaded. */
  host: Host | undefined;
  /** What the clock shows while the workflow is loaded. */
  readonly loadClockMs: number;
  readonly onLog?: ((record: LogRecord) => void) | undefined;
  readonly onPrint?: ((bytes: Uint8Array) => void) | undefined;
}

/** The host, for the function `name` of the library. */
export function requireHost(binding: HostBinding, name: string): Host {
  if (binding.host) return binding.host;
  throw new MisuseError(
    `${name} cannot run while the workflow is being loaded; call it inside a command function`,
  );
}
