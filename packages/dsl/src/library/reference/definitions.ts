import { GROUP, OTHER_CLASSES, TASK } from "./fields.js";
import { LIBRARY } from "./library.js";
import type { LibraryClass, LibraryFunction, LibraryModule, Value } from "./reference.js";

/** What the builders have besides a method for each field. */
const BUILDERS = [
  {
    of: TASK,
    builder: "sloth.TaskBuilder",
    besides: [
      "---@field build fun(self: sloth.TaskBuilder): sloth.TaskBuilder",
      "---@field run fun(self: sloth.TaskBuilder): boolean, any, any",
    ],
  },
  {
    of: GROUP,
    builder: "sloth.WorkflowBuilder",
    besides: [
      "---@field build fun(self: sloth.WorkflowBuilder): sloth.WorkflowBuilder",
      "---@field config fun(self: sloth.WorkflowBuilder, options: { timeout: string|number?, max_parallel_tasks: integer? }): sloth.WorkflowBuilder",
    ],
  },
];

/** The definitions of the whole language for editors that speak to LuaLS: `sloth.d.lua`. */
export function luaDefinitions(): string {
  const parts = [
    "---@meta sloth",
    ...[...LIBRARY.flatMap(({ classes }) => classes), GROUP, TASK, ...OTHER_CLASSES].map(writeClass),
    ...BUILDERS.map(({ of, builder, besides }) => writeBuilder(of, builder, besides)),
    ...LIBRARY.map(writeModule),
    ["TaskDefinitions", "ModernDSLs"]
      .map((name) => `---@type table<string, sloth.Group>\n${name} = {}`)
      .join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}

function writeClass({ name, text, fields }: LibraryClass): string {
  return [comment(text.en), `---@class ${name}`, ...fields.map(writeField)].join("\n");
}

function writeField({ name, type, optional, text }: Value): string {
  return `---@field ${name}${optional ? "?" : ""} ${inParentheses(type)} ${text.en}`.trimEnd();
}

/** A function type would take in what follows it. */
function inParentheses(type: string): string {
  return type.includes("fun(") ? `(${type})` : type;
}

/** A method for each field, which takes its value and gives the builder. */
function writeBuilder({ fields }: LibraryClass, builder: string, besides: string[]): string {
  const methods = fields
    .filter(({ name }) => name !== "name")
    .map(({ name, type, text }) =>
      `---@field ${name} fun(self: ${builder}, ${argument(name, type)}): ${builder} ${text.en}`.trimEnd(),
    );
  return [`---@class ${builder}`, ...methods, ...besides].join("\n");
}

/** The functions of the fluent form get `this`, and no `ctx`. */
function argument(name: string, type: string): string {
  const fluent = type
    .replaceAll(", ctx: sloth.Context)", ")")
    .replaceAll(/fun\((?=params)/g, "fun(this: sloth.Context, ")
    .replaceAll("sloth.Task[]|table<string, sloth.Task>", "(sloth.TaskBuilder|sloth.Task)[]");
  const more = name === "retries" ? ', strategy: "fixed"|"linear"|"exponential"?' : "";
  return `value: ${inParentheses(fluent)}${more}`;
}

function writeModule({ name, text, functions, values = [] }: LibraryModule): string {
  const table = name === "" ? [] : [`${comment(text.en)}\n${name} = {}`];
  const before = functions.some((one) => one.name === "workflow.define") ? ["workflow = {}"] : [];
  return [
    ...table,
    ...before,
    ...values.map(
      (value) =>
        `${comment(value.text.en)}\n---@type ${value.type}\n${name === "" ? "" : `${name}.`}${value.name} = nil`,
    ),
    ...functions.map(writeFunction),
  ].join("\n\n");
}

function writeFunction({ name, text, parameters, returns }: LibraryFunction): string {
  return [
    comment(text.en),
    ...parameters.map(({ name: parameter, type, optional, text: said }) =>
      `---@param ${parameter}${optional && parameter !== "..." ? "?" : ""} ${type} ${said.en}`.trimEnd(),
    ),
    ...returns.map(({ name: result, type, optional, text: said }) =>
      `---@return ${type}${optional ? "?" : ""} ${result} ${said.en}`.trimEnd(),
    ),
    `function ${name}(${parameters.map((parameter) => parameter.name).join(", ")}) end`,
  ].join("\n");
}

function comment(text: string): string {
  return `---${text}`;
}
