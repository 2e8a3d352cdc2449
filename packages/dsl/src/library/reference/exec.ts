import { describe, ERR, type LibraryModule, optional, text, value } from "./reference.js";

const outputs = [
  value("stdout", "string", "what it wrote, 64 MiB at most", "o que escreveu, no máximo 64 MiB"),
  value("stderr", "string", "the same of its standard error", "o mesmo da saída de erro"),
];

export const EXEC: LibraryModule = {
  name: "exec",
  text: text(
    "Runs processes. They inherit the environment of the task, their output is shown live, and they are stopped with the task.",
    "Executa processos. Herdam o ambiente da tarefa, a saída aparece ao vivo, e terminam junto com a tarefa.",
  ),
  functions: [
    describe(
      "exec.run",
      text(
        "Runs a command line by `bash -c` (`sh -c` where there is no bash) and waits for its end.",
        "Executa uma linha de comando com `bash -c` (`sh -c` onde não há bash) e espera o fim.",
      ),
      {
        takes: [
          value("command", "string", "the command line", "a linha de comando"),
          optional("options", "sloth.ExecOptions", "", ""),
        ],
        gives: [value("result", "sloth.ExecResult", "", "")],
      },
    ),
    describe(
      "exec.command",
      text(
        "Runs a command whose further arguments reach it as they are, whatever characters they contain.",
        "Executa um comando cujos outros argumentos chegam a ele como são, com quaisquer caracteres.",
      ),
      {
        takes: [
          value(
            "command",
            "string",
            "the command line that the arguments follow",
            "a linha de comando que os argumentos seguem",
          ),
          optional("...", "string", "arguments", "argumentos"),
        ],
        gives: [...outputs, ERR],
      },
    ),
  ],
  classes: [
    {
      name: "sloth.ExecOptions",
      text: text("How a process is run.", "Como um processo é executado."),
      fields: [
        optional(
          "workdir",
          "string",
          "where; relative to the task's working directory",
          "onde; relativo ao diretório da tarefa",
        ),
        optional(
          "env",
          "table<string, string|number>",
          "added to its environment",
          "acrescentado ao ambiente",
        ),
        optional(
          "stdin",
          "string",
          "its standard input; empty by default",
          "a entrada padrão; vazia por padrão",
        ),
        optional(
          "timeout",
          "string|number",
          'time limit: `"90s"`, `"1h30m"`, or seconds',
          'limite de tempo: `"90s"`, `"1h30m"`, ou segundos',
        ),
        optional("shell", "string", "the shell that runs it by `-c`", "o shell que o executa com `-c`"),
      ],
    },
    {
      name: "sloth.ExecResult",
      text: text("How a process ended.", "Como um processo terminou."),
      fields: [
        value("success", "boolean", "whether it exited with 0", "se saiu com 0"),
        ...outputs,
        optional("exit_code", "integer", "nil when a signal ended it", "nil quando um sinal o terminou"),
        optional("signal", "string", 'for example `"SIGTERM"`', 'por exemplo `"SIGTERM"`'),
        optional(
          "error",
          "string",
          "why it could not be started, or that its time limit ended it",
          "por que não pôde começar, ou que o limite de tempo o terminou",
        ),
      ],
    },
  ],
};
