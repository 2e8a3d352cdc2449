import { expect, it } from "vitest";
import { rowsAbove } from "./rows-above.js";
import { rewraps } from "./terminal.js";

const drawn = ["x".repeat(39), "", "日本語日本語", "footer that is long"];

it.each([
  [40, true, 3],
  [20, true, 4],
  [10, true, 7],
  [10, false, 3],
])("after a change to %d columns, with wrapping again %s, %d rows are above", (columns, wraps, rows) => {
  expect(rowsAbove(drawn, columns, wraps)).toBe(rows);
});

it.each([
  [{ TERM: "xterm-256color" }, true],
  [{ TERM: "xterm-256color", XTERM_VERSION: "XTerm(390)" }, false],
  [{ TERM: "screen", STY: "1.pts" }, false],
  [{ TERM: "screen-256color", TMUX: "/tmp/tmux", XTERM_VERSION: "XTerm(390)" }, true],
  [{ TERM: "st-256color" }, false],
  [{ TERM: "linux" }, false],
])("a terminal with %j wraps lines again: %s", (env, expected) => {
  expect(rewraps(env)).toBe(expected);
});
