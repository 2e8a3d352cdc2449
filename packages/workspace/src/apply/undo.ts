import { chmodSync, mkdirSync, renameSync, rmdirSync, unlinkSync } from "node:fs";
import type { TreeCursor } from "./tree-cursor.js";

/** The exact inverse of one step of a commit. */
export type Undo =
  | { kind: "move-back"; path: string; from: string }
  | { kind: "remove-leaf"; path: string }
  | { kind: "make-directory"; path: string; mode: number }
  | { kind: "remove-directory"; path: string }
  | { kind: "set-mode"; path: string; mode: number };

export function undo(cursor: TreeCursor, step: Undo): void {
  if (step.kind === "remove-directory") cursor.leave(step.path);
  const location = cursor.locate(step.path);
  switch (step.kind) {
    case "move-back":
      renameSync(step.from, location);
      break;
    case "remove-leaf":
      unlinkSync(location);
      break;
    case "make-directory":
      mkdirSync(location, 0o700);
      chmodSync(location, step.mode);
      break;
    case "remove-directory":
      rmdirSync(location);
      break;
    case "set-mode":
      chmodSync(location, step.mode);
      break;
  }
}
