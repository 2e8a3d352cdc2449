import { describe, expect, it } from "vitest";
import { joinModernDsls, prepareSource } from "./prepare-source.js";

const prepared = (text: string): string => Buffer.from(prepareSource(Buffer.from(text))).toString();
const joined = (text: string): string | undefined => {
  const bytes = joinModernDsls(Buffer.from(text));
  return bytes && Buffer.from(bytes).toString();
};

describe("prepareSource", () => {
  it("removes a byte order mark", () => {
    expect(prepared("\ufeffx = 1")).toBe("x = 1");
  });

  it("blanks a shebang line and keeps its line break", () => {
    expect(prepared("#!/usr/bin/env lua\r\nx = 1")).toBe(`${" ".repeat(18)}\r\nx = 1`);
    expect(prepared("\ufeff#!x\ny")).toBe("   \ny");
    expect(prepared("#!only")).toBe("      ");
  });
});

describe("joinModernDsls", () => {
  it.each([
    ["Modern DSLs = {}", "Modern_DSLs = {}"],
    ["Modern  \tDSLs = {}", "Modern_DSLs   = {}"],
    ["x = 1; Modern DSLs={}", "x = 1; Modern_DSLs={}"],
    ["Modern Modern DSLs = {}", "Modern Modern_DSLs = {}"],
    ["a = [==[ ]] Modern DSLs ]==] Modern DSLs = {}", "a = [==[ ]] Modern DSLs ]==] Modern_DSLs = {}"],
    ["a = 'it\\'s Modern DSLs'\nModern DSLs = {}", "a = 'it\\'s Modern DSLs'\nModern_DSLs = {}"],
    ["-- Modern DSLs\nModern DSLs = {}", "-- Modern DSLs\nModern_DSLs = {}"],
  ])("rewrites the names in %j alone, in the same length", (text, expected) => {
    expect(joined(text)).toBe(expected);
    expect(expected.length).toBe(text.length);
  });

  it.each([
    "x = 'Modern DSLs'",
    'x = "\\"Modern DSLs"',
    "-- Modern DSLs = {",
    "--[[ \n Modern DSLs = { ]]",
    "--[==[ Modern DSLs ]] Modern DSLs ]==]",
    "x = [[Modern DSLs]]",
    "Modern\nDSLs = {}",
    "Modern --[[x]] DSLs = {}",
    "ModernDSLs = {}",
    "PostModern DSLs = {}",
    "Modern DSLsX = {}",
    "x = 1",
  ])("leaves %j as it is", (text) => {
    expect(joined(text)).toBeUndefined();
  });
});
