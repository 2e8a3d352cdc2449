import { describe, ERR, type LibraryModule, optional, text, value } from "./reference.js";

const url = value("url", "string", "`http` or `https`", "`http` ou `https`");
const answer = [
  optional("body", "string", "any bytes, 64 MiB at most", "quaisquer bytes, no máximo 64 MiB"),
  optional("status", "integer", "of any kind: 404 is an answer", "de qualquer tipo: 404 é uma resposta"),
  optional("headers", "table<string, string>", "names in lower case", "nomes em minúsculas"),
  ERR,
];

export const NET: LibraryModule = {
  name: "net",
  text: text(
    "HTTP in the shape that sloth-runner documents. `err` is for what got no answer.",
    "HTTP no formato que o sloth-runner documenta. `err` é para o que não teve resposta.",
  ),
  functions: [
    describe("net.http_get", text("Sends a GET request.", "Envia uma requisição GET."), {
      takes: [url],
      gives: answer,
    }),
    describe("net.http_post", text("Sends a POST request.", "Envia uma requisição POST."), {
      takes: [
        url,
        optional("body", "string", "any bytes", "quaisquer bytes"),
        optional("headers", "table<string, string>", "", ""),
      ],
      gives: answer,
    }),
    describe(
      "net.download",
      text(
        "Saves what an URL gives as a file, which is there whole or not at all.",
        "Salva o que uma URL dá como arquivo, que fica inteiro ou não fica.",
      ),
      {
        takes: [
          url,
          value(
            "path",
            "string",
            "relative to the task's working directory",
            "relativo ao diretório da tarefa",
          ),
        ],
        gives: [ERR],
      },
    ),
  ],
  classes: [],
};

export const HTTP: LibraryModule = {
  name: "http",
  text: text("HTTP with all that a request can have.", "HTTP com tudo que uma requisição pode ter."),
  functions: [
    describe("http.request", text("Sends a request.", "Envia uma requisição."), {
      takes: [value("request", "sloth.HttpRequest", "", "")],
      gives: [optional("response", "sloth.HttpResponse", "", ""), ERR],
    }),
  ],
  classes: [
    {
      name: "sloth.HttpRequest",
      text: text("What is asked for.", "O que é pedido."),
      fields: [
        url,
        optional("method", "string", '`"GET"` by default', '`"GET"` por padrão'),
        optional("headers", "table<string, string>", "", ""),
        optional("body", "string", "any bytes", "quaisquer bytes"),
        optional("timeout", "string|number", "30 s by default", "30 s por padrão"),
        optional(
          "follow",
          "boolean",
          "whether to follow redirects; true by default",
          "se segue redirecionamentos; true por padrão",
        ),
      ],
    },
    {
      name: "sloth.HttpResponse",
      text: text("What came back.", "O que voltou."),
      fields: [
        value("status", "integer", "of any kind: 404 is an answer", "de qualquer tipo: 404 é uma resposta"),
        value("headers", "table<string, string>", "names in lower case", "nomes em minúsculas"),
        value("body", "string", "any bytes, 64 MiB at most", "quaisquer bytes, no máximo 64 MiB"),
      ],
    },
  ],
};
