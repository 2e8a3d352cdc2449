import { expect, it } from "vitest";
import { choose } from "./open-view.js";

it.each([
  [true, {}, "tty"],
  [true, { CI: "true" }, "plain"],
  [true, { CI: "" }, "tty"],
  [true, { TERM: "dumb" }, "plain"],
  [true, { GITHUB_ACTIONS: "true" }, "plain"],
  [false, {}, "plain"],
])("stderr on a terminal: %s, with %j: the %s view", (isTTY, env, view) => {
  expect(choose({ isTTY }, env)).toBe(view);
});
