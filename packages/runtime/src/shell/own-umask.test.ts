import { expect, it } from "vitest";
import { ownUmask } from "./own-umask.js";

it("tells the file creation mask of this process", () => {
  expect(ownUmask()).toBe(process.umask());
});
