import { expect, it } from "vitest";
import { incompleteLength } from "./incomplete-character.js";

it.each([
  ["nothing", [], 0],
  ["ASCII", [0x61], 0],
  ["a whole character", [0xe2, 0x82, 0xac], 0],
  ["the first of two bytes", [0x61, 0xc3], 1],
  ["two of three bytes", [0xe2, 0x82], 2],
  ["three of four bytes", [0xf0, 0x9f, 0x98], 3],
  ["no UTF-8", [0xff], 0],
  ["continuations of nothing", [0x80, 0x80, 0x80, 0x80], 0],
])("after %s", (_, bytes, length) => {
  expect(incompleteLength(Uint8Array.from(bytes))).toBe(length);
});
