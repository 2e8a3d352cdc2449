import { describe, ERR, type LibraryModule, optional, text, value } from "./reference.js";

const parsed = [optional("value", "any", "what it says", "o que ele diz"), ERR];
const written = [optional("text", "string", "", ""), ERR];
const anything = value("value", "any", "data: no functions, no cycles", "dados: sem funções, sem ciclos");
const options = optional("options", "sloth.ParseOptions", "", "");

export const DATA: LibraryModule = {
  name: "data",
  text: text(
    "JSON and YAML. Integers are exact up to 64 bits; map keys are written in the order of their bytes.",
    "JSON e YAML. Inteiros são exatos até 64 bits; as chaves são escritas na ordem dos bytes.",
  ),
  functions: [
    describe("data.parse_json", text("Reads JSON.", "Lê JSON."), {
      takes: [value("text", "string", "", ""), options],
      gives: parsed,
    }),
    describe("data.to_json", text("Writes JSON.", "Escreve JSON."), {
      takes: [anything, optional("options", "sloth.JsonOptions", "", "")],
      gives: written,
    }),
    describe("data.parse_yaml", text("Reads one document of YAML 1.2.", "Lê um documento YAML 1.2."), {
      takes: [value("text", "string", "", ""), options],
      gives: parsed,
    }),
    describe("data.to_yaml", text("Writes YAML.", "Escreve YAML."), { takes: [anything], gives: written }),
    describe(
      "data.array",
      text(
        "Marks a table as a list, so that an empty one is written as `[]`.",
        "Marca uma tabela como lista, para que uma vazia seja escrita como `[]`.",
      ),
      {
        takes: [optional("list", "table", "a new table by default", "uma tabela nova por padrão")],
        gives: [value("list", "table", "the same table", "a mesma tabela")],
      },
    ),
  ],
  values: [
    value(
      "null",
      "userdata",
      "stands for null where Lua has nil for what is not there",
      "representa null onde Lua tem nil para o que não existe",
    ),
  ],
  classes: [
    {
      name: "sloth.ParseOptions",
      text: text("How null is read.", "Como null é lido."),
      fields: [
        optional(
          "keep_null",
          "boolean",
          "null of a map is `data.null`; by default it is nil. In a list it always is `data.null`",
          "null de um mapa é `data.null`; por padrão é nil. Em uma lista sempre é `data.null`",
        ),
      ],
    },
    {
      name: "sloth.JsonOptions",
      text: text("How JSON is written.", "Como JSON é escrito."),
      fields: [
        optional(
          "indent",
          "integer",
          "spaces for each level; by default all is one line",
          "espaços por nível; por padrão tudo em uma linha",
        ),
      ],
    },
  ],
};
