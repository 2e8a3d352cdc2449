import { type ExecuteResponse, ProtocolError } from "@sloth/protocol";

export type Frame = NonNullable<ExecuteResponse["frame"]>;

/** How far an attempt has come; what a broken stream means depends on it. */
export type Stage =
  | "opening"
  | "waiting"
  | "syncing"
  | "joining"
  | "joined"
  | "running"
  | "collecting"
  | "closing";

const NOT_STARTED: readonly Stage[] = ["opening", "waiting", "syncing"];

/** Which frames are welcome in which stage. */
const WELCOME: Record<Stage, readonly Frame["$case"][]> = {
  opening: ["accepted", "finished"],
  waiting: ["queued", "granted", "finished"],
  syncing: ["need", "missing", "started", "finished"],
  joining: ["accepted"],
  joined: ["granted", "started"],
  running: ["output", "log", "finished"],
  collecting: ["changes"],
  closing: [],
};

/** Whether the start of the attempt was heard of, or is that of one that is joined. */
export function isAfterStart(stage: Stage): boolean {
  return !NOT_STARTED.includes(stage);
}

/** @throws {ProtocolError} UNEXPECTED_FRAME */
export function requireWelcome(frame: Frame | undefined, stage: Stage): Frame {
  if (frame && WELCOME[stage].includes(frame.$case)) return frame;
  throw new ProtocolError(
    "UNEXPECTED_FRAME",
    `The agent sent ${frame?.$case ?? "an unknown frame"} while ${stage}.`,
  );
}
