import { type Text, text } from "./reference.js";

/** What Lua 5.4 has by itself, and how it differs here. */
export const STANDARD: { names: string[]; text: Text }[] = [
  {
    names: [
      "_G",
      "_VERSION",
      "assert",
      "error",
      "getmetatable",
      "ipairs",
      "next",
      "pairs",
      "pcall",
      "rawequal",
      "rawget",
      "rawlen",
      "rawset",
      "select",
      "setmetatable",
      "tonumber",
      "tostring",
      "type",
      "xpcall",
      "coroutine",
      "math",
      "string",
      "table",
      "utf8",
    ],
    text: text("as in Lua 5.4", "como no Lua 5.4"),
  },
  {
    names: ["print", "warn"],
    text: text("shown live; `warn` is a record of the log", "mostrados ao vivo; `warn` é um registro do log"),
  },
  {
    names: ["collectgarbage"],
    text: text("as in Lua 5.4; memory is limited", "como no Lua 5.4; a memória é limitada"),
  },
  {
    names: ["load", "loadstring"],
    text: text("source text only, no bytecode", "só texto fonte, sem bytecode"),
  },
  {
    names: ["unpack", "table.getn"],
    text: text("for workflows that were written for Lua 5.1", "para workflows escritos para Lua 5.1"),
  },
  {
    names: ["io", "dofile", "loadfile"],
    text: text(
      "on the task's working directory; standard input is empty; `popen` runs its command to the end",
      "no diretório da tarefa; a entrada padrão é vazia; `popen` executa o comando até o fim",
    ),
  },
  {
    names: ["os"],
    text: text(
      "`exit` ends the task; `getenv` is `env.get`; `execute` shows its output live; `setlocale` knows `C` alone; while a workflow is loaded the clock stands still and is UTC",
      "`exit` termina a tarefa; `getenv` é `env.get`; `execute` mostra a saída ao vivo; `setlocale` só conhece `C`; enquanto o workflow é carregado o relógio fica parado e é UTC",
    ),
  },
  {
    names: ["require", "package"],
    text: text(
      "the parts of this library, `package.preload`, and files beside the workflow: `a.b` is `a/b.lua` or `a/b/init.lua`; no C modules",
      "as partes desta biblioteca, `package.preload`, e arquivos ao lado do workflow: `a.b` é `a/b.lua` ou `a/b/init.lua`; sem módulos C",
    ),
  },
  {
    names: ["debug"],
    text: text("`traceback` and `getinfo` alone", "só `traceback` e `getinfo`"),
  },
];
