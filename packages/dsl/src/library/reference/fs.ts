import { describe, ERR, type LibraryModule, optional, text, type Value, value } from "./reference.js";

const path = value(
  "path",
  "string",
  "relative to the task's working directory",
  "relativo ao diretório da tarefa",
);
const content = value("content", "string", "any bytes", "quaisquer bytes");
const from = value("from", "string", "what is there", "o que existe");
const to = value("to", "string", "its new path", "o novo caminho");
const result = (name: string, type: string, en: string, pt: string): Value[] => [
  optional(name, type, en, pt),
  ERR,
];

export const FS: LibraryModule = {
  name: "fs",
  text: text(
    "Files of the machine on which the task runs. What reads gives `value, err`; what changes gives `err`.",
    "Arquivos da máquina onde a tarefa executa. O que lê devolve `valor, err`; o que muda devolve `err`.",
  ),
  functions: [
    describe(
      "fs.read",
      text(
        "Reads a file whole. Outside of functions it reads files beside the workflow; these travel with it to agents.",
        "Lê um arquivo inteiro. Fora de funções lê arquivos ao lado do workflow; estes viajam com ele para os agentes.",
      ),
      { takes: [path], gives: result("content", "string", "its bytes", "os bytes") },
    ),
    describe("fs.write", text("Replaces the content of a file.", "Substitui o conteúdo de um arquivo."), {
      takes: [path, content],
      gives: [ERR],
    }),
    describe("fs.append", text("Adds to the end of a file.", "Acrescenta ao fim de um arquivo."), {
      takes: [path, content],
      gives: [ERR],
    }),
    describe("fs.exists", text("Whether there is something at a path.", "Se existe algo em um caminho."), {
      takes: [path],
      gives: [value("exists", "boolean", "", "")],
    }),
    describe(
      "fs.mkdir",
      text(
        "Makes a directory and its missing parents. One that is there is no error.",
        "Cria um diretório e os pais que faltam. Um que já existe não é erro.",
      ),
      { takes: [path], gives: [ERR] },
    ),
    describe(
      "fs.rm",
      text(
        "Removes a file, a link or an empty directory.",
        "Remove um arquivo, um link ou um diretório vazio.",
      ),
      {
        takes: [path],
        gives: [ERR],
      },
    ),
    describe(
      "fs.rm_r",
      text(
        "Removes a tree without following links. Where there is nothing, that is no error; a directory that holds the working directory is refused.",
        "Remove uma árvore sem seguir links. Se não há nada, não é erro; um diretório que contém o de trabalho é recusado.",
      ),
      { takes: [path], gives: [ERR] },
    ),
    describe(
      "fs.ls",
      text("Names in a directory, sorted by bytes.", "Nomes em um diretório, ordenados por bytes."),
      {
        takes: [path],
        gives: result("names", "string[]", "", ""),
      },
    ),
    describe(
      "fs.stat",
      text(
        "What stands at a path; a link itself, not what it points to.",
        "O que está em um caminho; o próprio link, não o alvo.",
      ),
      { takes: [path], gives: result("stat", "sloth.Stat", "", "") },
    ),
    describe(
      "fs.glob",
      text(
        "Paths below the working directory that match `*`, `?`, `[…]` and `**`, sorted by bytes.",
        "Caminhos abaixo do diretório de trabalho que casam com `*`, `?`, `[…]` e `**`, ordenados por bytes.",
      ),
      { takes: [value("pattern", "string", "", "")], gives: result("paths", "string[]", "", "") },
    ),
    describe(
      "fs.copy",
      text(
        "Copies a file or a tree with its modes and links.",
        "Copia um arquivo ou uma árvore com modos e links.",
      ),
      { takes: [from, to], gives: [ERR] },
    ),
    describe("fs.move", text("Moves a file or a tree.", "Move um arquivo ou uma árvore."), {
      takes: [from, to],
      gives: [ERR],
    }),
    describe(
      "fs.tmpname",
      text(
        "A fresh path in a temporary directory that is removed when the task has ended.",
        "Um caminho novo em um diretório temporário que é removido no fim da tarefa.",
      ),
      { gives: result("path", "string", "absolute; nothing is there yet", "absoluto; ainda não há nada lá") },
    ),
  ],
  classes: [
    {
      name: "sloth.Stat",
      text: text("What stands at a path.", "O que está em um caminho."),
      fields: [
        value("kind", '"file"|"directory"|"symlink"|"other"', "", ""),
        value("size", "integer", "bytes", "bytes"),
        value("mode", "integer", "the nine permission bits", "os nove bits de permissão"),
        value("modified_at", "number", "seconds since 1970", "segundos desde 1970"),
      ],
    },
  ],
};
