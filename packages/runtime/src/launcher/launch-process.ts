import type { Launch, Launched } from "../process/launch.js";
import { launchHere } from "./launch-here.js";
import { Launcher, Unreachable } from "./launcher.js";

/** A process that starts fewer than this has no use for a launcher, whose start costs as much as a few. */
const FEW_STARTS = 4;

let launcher: Launcher | undefined;
let starts = 0;
/** Whether other processes may open the descriptors of this one. */
let isReachable = process.platform === "linux";

/**
 * Starts a process that leads its own group: by a launcher, once this process has started a few and the launcher is ready;
 * as its own child until then.
 *
 * @throws {StartFailure} The system refused.
 * @throws {RuntimeError} LAUNCHER_LOST: whether it has started is unknown.
 */
export async function launchProcess(launch: Launch): Promise<Launched> {
  if (!readyLauncher()) return launchHere(launch);
  try {
    return await (launcher as Launcher).launch(launch);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    isReachable = false;
    return launchHere(launch);
  }
}

function readyLauncher(): boolean {
  if (!isReachable) return false;
  if (launcher?.hasEnded) {
    launcher = undefined;
    starts = 0;
  }
  if (++starts === FEW_STARTS) launcher ??= new Launcher();
  return launcher?.isReady ?? false;
}
