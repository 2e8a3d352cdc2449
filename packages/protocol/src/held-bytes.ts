import { type ExecuteResponse, Log } from "./gen/sloth/v1/agent.js";

/** What a frame costs beside its data, about. */
const FRAME_BYTES = 512;

/**
 * What an agent counts for a frame of output that it holds until its master has acknowledged it, and the master for one
 * that it has not acknowledged: both the same, so that nobody waits for the other. 0 for frames that are not acknowledged.
 */
export function heldBytesOf(frame: ExecuteResponse["frame"]): number {
  if (frame?.$case === "output") return FRAME_BYTES + frame.output.data.length;
  return frame?.$case === "log" ? FRAME_BYTES + Log.encode(frame.log).finish().length : 0;
}
