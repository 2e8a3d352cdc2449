import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LuaValue } from "../model.js";
import { commandWorkflow, load, openState, run } from "../testing/workflow-files.js";

/** What the body of a command returns, as its outputs. */
async function outputs(body: string, params = {}): Promise<LuaValue | undefined> {
  const outcome = await run(body, params);
  expect(outcome.message).toBeUndefined();
  return outcome.outputs;
}

const parsed = (text: string, options = "") =>
  outputs(
    `local value, err = data.parse_json(params.text${options}) assert(not err, err) return true, nil, value`,
    {
      text,
    },
  );

describe("data.parse_json", () => {
  it.each<[string, LuaValue]>([
    ['{"a": [1, {"b": "c"}], "d": {}}', { a: [1, { b: "c" }], d: {} }],
    ["[]", []],
    ["[[], {}]", [[], {}]],
    ["9007199254740993", 9007199254740993n],
    ["9223372036854775807", 2n ** 63n - 1n],
    ["-9223372036854775808", -(2n ** 63n)],
    ["9223372036854775808", 2 ** 63],
    ["-1000000000000000000000000000000", -1e30],
    ["[1.0, 1e3, -0, -0.0, 1.5e-7, 0.1]", [1, 1000, -0, -0, 1.5e-7, 0.1]],
    ["4611686018427387904.0", 2 ** 62],
    ['"\\u0041\\ud83d\\ude00\\n\\/ grün"', "A😀\n/ grün"],
    ['"a\\u0000b"', "a\0b"],
    ['\ufeff {"a" : true }\r\n', { a: true }],
    ['{"a":1,"a":2}', { a: 2 }],
    ['{"a":1,"a":null}', {}],
  ])("reads %s", async (text, value) => {
    expect(await parsed(text)).toEqual(value);
  });

  it("makes integers of integral numbers", async () => {
    const body = `local types = {} for i, n in ipairs(data.parse_json("[1, 1.0, 1e2, 1.5, -0]")) do types[i] = math.type(n) end
      return true, nil, types`;
    expect(await outputs(body)).toEqual(["integer", "integer", "integer", "float", "float"]);
  });

  it("takes __proto__ as a name like any other", async () => {
    const value = await parsed('{"__proto__": {"polluted": true}, "constructor": 1}');
    expect(Object.keys(value as object).sort()).toEqual(["__proto__", "constructor"]);
    expect("polluted" in {}).toBe(false);
  });

  it("keeps null in lists, and in maps where it is asked for", async () => {
    const body = `local list = data.parse_json("[null, 1, null]")
      local map, kept = data.parse_json('{"a": null}'), data.parse_json('{"a": null}', { keep_null = true })
      return #list == 3 and list[1] == data.null and map.a == nil and kept.a == data.null
        and data.parse_json("null") == nil and data.parse_json("null", { keep_null = true }) == data.null`;
    expect(await run(body)).toEqual({ success: true });
  });

  it.each([
    ["", "line 1, column 1: the text ends where a value was expected"],
    ['{\n  "a": 1,\n  é\n}', 'line 3, column 3: there is "é" where a name in double quotes was expected'],
    ['["é", x]', 'line 1, column 7: there is "x" where a value was expected'],
    ["[1 2]", 'line 1, column 4: there is "2" where "," or "]" was expected'],
    ["[1,]", 'line 1, column 4: there is "]" where a value was expected'],
    ['{"a" 1}', 'line 1, column 6: there is "1" where ":" was expected'],
    ["{} x", 'line 1, column 4: there is "x" where the end of the text was expected'],
    ["nul", 'line 1, column 1: there is "n" where a value was expected'],
    ["01", 'line 1, column 1: there is "0" where a value was expected'],
    ["1.", 'line 1, column 1: there is "1" where a value was expected'],
    ['"a\nb"', "line 1, column 3: a string holds a control character that is not escaped"],
    ['"abc', 'line 1, column 5: the text ends where a string that ends with " was expected'],
    ['"abc\\', 'line 1, column 6: the text ends where a string that ends with " was expected'],
    ['["\\x"]', "line 1, column 2: a string has an escape that JSON does not know"],
    ['["\\ud800"]', "line 1, column 2: a string has half of a surrogate pair"],
    ["[".repeat(101), "line 1, column 101: it is nested deeper than 100 levels"],
    ["[".repeat(1_000_000), "line 1, column 101: it is nested deeper than 100 levels"],
  ])("tells what is wrong: %#", async (text, problem) => {
    const body = "local value, err = data.parse_json(params.text) return value == nil, err";
    expect(await run(body, { text })).toEqual({ success: true, message: problem });
  });

  it("reads 100 levels, and refuses what is not UTF-8", async () => {
    const deep = "[".repeat(100) + "]".repeat(100);
    expect(await run("return data.parse_json(params.text) ~= nil", { text: deep })).toEqual({
      success: true,
    });
    const outcome = await run('local value, err = data.parse_json("\\"\\xff\\"") return value == nil, err');
    expect(outcome.message).toBe("the text is not valid UTF-8");
  });
});

describe("data.to_json", () => {
  it.each([
    ["{ b = 1, a = { 1, 2.5, false } }", '{"a":[1,2.5,false],"b":1}'],
    ["{}, nil", "{}"],
    ["data.array({})", "[]"],
    ["data.array()", "[]"],
    ["nil", "null"],
    ["data.null", "null"],
    ["{ data.null, 2 }", "[null,2]"],
    ["{ nil, 2 }", "[null,2]"],
    ["{ a = data.null }", '{"a":null}'],
    ["math.maxinteger", "9223372036854775807"],
    [
      "{ 1.0, -0.0, 2^53, 2^62, 2^63, 1e300, 0.1 }",
      "[1,-0.0,9007199254740992.0,4611686018427388000.0,9223372036854776000.0,1e+300,0.1]",
    ],
    ['"a\\0\\"\\n\\u{e9}"', '"a\\u0000\\"\\né"'],
    ['{ ["\\u{ffff}"] = 1, ["\\u{10000}"] = 2, b = 3 }', '{"b":3,"\uffff":1,"\u{10000}":2}'],
    [
      "{ a = { 1, {} }, b = data.array({}) }, { indent = 2 }",
      '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}',
    ],
  ])("writes %s", async (value, text) => {
    expect(await outputs(`return true, nil, data.to_json(${value})`)).toBe(text);
  });

  it.each([
    ["{ a = { 0/0 } }", "value.a[1] is NaN, which JSON has no word for"],
    ["{ a = -math.huge }", "value.a is -Infinity, which JSON has no word for"],
    ['{ { "\\xff" } }', "value[1][1] is a string that is not valid UTF-8"],
    ['{ ["\\xff"] = 1 }', "value has a key that is not valid UTF-8"],
    ["{ f = print }", "value.f is a function, which is not data"],
    ["loop", "value.a is a table that contains itself"],
    ["{ 1, a = 2 }", "value mixes list items and named fields"],
    ["data.array({ a = 1 })", "value is marked as a list and has named fields"],
    ["bomb", expect.stringMatching(/is too large: more than 256MiB/)],
  ])("tells what %s is", async (value, problem) => {
    const body = `local loop, bomb = {}, { "boom" } loop.a = loop for i = 1, 40 do bomb = { bomb, bomb } end
      local text, err = data.to_json(${value}) return text == nil, err`;
    expect(await run(body)).toEqual({ success: true, message: problem });
  });
});

describe("data.parse_yaml", () => {
  const yaml = (text: string) =>
    outputs("local value, err = data.parse_yaml(params.text) assert(not err, err) return true, nil, value", {
      text,
    });

  it.each<[string, LuaValue]>([
    ["a: [1, yes, no, on, true]\nb: {}\nc: []\n", { a: [1, "yes", "no", "on", true], b: {}, c: [] }],
    [
      "- 9007199254740993\n- 9223372036854775808\n- 0x10\n- 1.50\n- .inf",
      [9007199254740993n, 2 ** 63, 16, 1.5, Number.POSITIVE_INFINITY],
    ],
    ["base: &b { x: 1, y: 2 }\nmore:\n  <<: *b\n  y: 3", { base: { x: 1, y: 2 }, more: { x: 1, y: 3 } }],
    ["1: a\ntrue: b", { 1: "a", true: "b" }],
    ["a: ~\nb: [~, 1]", { b: [null, 1] }],
    ["t: |\n  two\n  lines\n", { t: "two\nlines\n" }],
  ])("reads %j", async (text, value) => {
    expect(await yaml(text)).toEqual(value);
  });

  it("keeps null in lists, and in maps where it is asked for", async () => {
    const body = `local value, kept = data.parse_yaml("a: ~\\nb: [~]"), data.parse_yaml("a: ~", { keep_null = true })
      return value.a == nil and value.b[1] == data.null and kept.a == data.null`;
    expect(await run(body)).toEqual({ success: true });
  });

  it("takes __proto__ as a name like any other", async () => {
    expect(Object.keys((await yaml("__proto__: { polluted: true }")) as object)).toEqual(["__proto__"]);
    expect("polluted" in {}).toBe(false);
  });

  it.each([
    ["a: 1\nb: [", /^line 2, column 5: /],
    ["a: 1\na: 2", /^line 2, column 1: .*unique/],
    ["a: 1\n---\nb: 2", /^line 2, column 1: a second document starts here; only one is read$/],
    ["a: *none", /alias.*none/],
    [`a: ${"[".repeat(101)}${"]".repeat(101)}`, /nested deeper than 100 levels/],
    ["[".repeat(100_000), /nested too deeply/],
    [bomb(9), /alias/],
    [wideBomb(), /aliases stand for too many values/],
    ["\xff".repeat(5_000_000), /larger than the 4 MiB/],
  ])("tells what is wrong: %#", async (text, problem) => {
    const body = "local value, err = data.parse_yaml(params.text) return value == nil, err";
    expect(await run(body, { text })).toEqual({ success: true, message: expect.stringMatching(problem) });
  });
});

/** Lists of ten aliases of the list before. */
function bomb(levels: number): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level <= levels; level++) {
    lines.push(`a${level}: &a${level} [${new Array(10).fill(`*a${level - 1}`).join(", ")}]`);
  }
  return lines.join("\n");
}

function wideBomb(): string {
  return `a: &a [${new Array(1000).fill("1").join(",")}]\nb: [${new Array(5000).fill("*a").join(",")}]`;
}

describe("data.to_yaml", () => {
  it.each([
    [
      '{ b = { 1, { c = "yes", d = data.null } }, a = data.array({}), e = {} }',
      'a: []\nb:\n  - 1\n  - c: "yes"\n    d: null\ne: {}\n',
    ],
    [
      "{ 0/0, math.huge, -0.0, 2^62, math.mininteger }",
      "- .nan\n- .inf\n- -0.0\n- 4611686018427388000.0\n- -9223372036854775808\n",
    ],
    ['"12"', '"12"\n'],
    ["nil", "null\n"],
  ])("writes %s", async (value, text) => {
    expect(await outputs(`return true, nil, data.to_yaml(${value})`)).toBe(text);
  });

  it("writes a table twice that occurs twice, and not without end", async () => {
    expect(await outputs("local t = { x = 1 } return true, nil, data.to_yaml({ t, t })")).toBe(
      "- x: 1\n- x: 1\n",
    );
    const body = `local bomb = { 1 } for i = 1, 40 do bomb = { bomb, bomb } end
      local text, err = data.to_yaml(bomb) return text == nil, err`;
    expect((await run(body)).message).toMatch(/too large/);
  });

  it("tells what is no UTF-8 and what is no data", async () => {
    const body = `local _, bytes = data.to_yaml({ a = "\\xff" }) local _, code = data.to_yaml({ print })
      return true, nil, { bytes, code }`;
    expect(await outputs(body)).toEqual([
      "value.a is a string that is not valid UTF-8",
      "value[1] is a function, which is not data",
    ]);
  });
});

describe("data", () => {
  const { value } = fc.letrec<{ value: LuaValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.boolean(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.maxSafeInteger().map((integer) => integer * 1024),
      fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
      fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
      fc.string({ unit: "binary" }),
      fc.string({
        unit: fc.constantFrom(
          "-",
          ":",
          " ",
          "\n",
          "#",
          "'",
          '"',
          "1",
          ".",
          "e",
          "~",
          "\t",
          "\u0085",
          "&",
          "!",
          "[",
        ),
      }),
      fc.array(tie("value"), { maxLength: 5 }),
      fc.dictionary(fc.string({ unit: "binary" }), tie("value"), { noNullPrototype: false, maxKeys: 5 }),
    ),
  }));

  it.each(["json", "yaml"])("comes back from %s as it went in", async (format) => {
    const body = `local text, problem = data.to_${format}(params.x) assert(text, problem)
      local value, err = data.parse_${format}(text) assert(not err, err) return true, nil, { value }`;
    const { call } = await openState(commandWorkflow(body));
    fc.assert(
      fc.property(value, (x) => {
        expect(call({ x })).toEqual({ success: true, outputs: [x] });
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps empty lists and nulls over the border", async () => {
    const { call, host } = await openState(
      commandWorkflow(`log.info("x", { list = data.array({}), null = data.null })
        return true, data.to_json(params), { deps.list, data.array({}), { data.null, 1 } }`),
    );
    const outcome = call({ list: [], map: {} }, { list: [] });
    expect(outcome.message).toMatch(/"list":\[\],"map":\{\}/);
    expect(outcome.outputs).toEqual([[], [], [null, 1]]);
    expect(host.records).toEqual([{ level: "info", message: "x", fields: { list: [], null: null } }]);
  });

  it("keeps the empty lists of values", async () => {
    const source =
      'print(data.to_json(values)) TaskDefinitions = { g = { tasks = { t = { command = "true" } } } }';
    const printed: Uint8Array[] = [];
    const onPrint = (bytes: Uint8Array) => void printed.push(bytes);
    await load(source, { values: { list: [], map: { list: [[]] } }, onPrint });
    expect(Buffer.concat(printed).toString()).toBe('{"list":[],"map":{"list":[[]]}}\n');
  });

  it("has a null that is like nothing else", async () => {
    const body = `return data.null ~= nil and type(data.null) == "userdata" and getmetatable(data.null) == false
      and require("data") == data, tostring(data.null), data.null`;
    expect(await run(body)).toEqual({ success: true, message: "null" });
  });

  it.each([
    ["data.parse_json()", "bad argument #1 to 'parse_json' (string expected, got no value)"],
    ["data.parse_yaml({})", "bad argument #1 to 'parse_yaml' (string expected, got table)"],
    ['data.parse_json("1", 2)', "bad argument #2 to 'parse_json' (table expected, got number)"],
    ['data.parse_json("1", { keep = true })', 'data.parse_json: unknown option "keep"'],
    ['data.parse_json("1", { keep_null = 1 })', "data.parse_json: keep_null must be true or false"],
    ["data.to_json()", "bad argument #1 to 'to_json' (value expected, got no value)"],
    ["data.to_json(1, { indent = -1 })", "data.to_json: indent must be a whole number from 0 to 16"],
    ["data.array(1)", "bad argument #1 to 'array' (table expected, got number)"],
    ["data.array(values)", "bad argument #1 to 'array' (the table has a metatable of its own)"],
  ])("%s is an error at its line", async (code, message) => {
    expect((await run(code)).message).toBe(`workflow.lua:2: ${message}`);
  });
});
