import { describe, type LibraryModule, optional, text, value } from "./reference.js";

export const ENV: LibraryModule = {
  name: "env",
  text: text("The environment.", "O ambiente."),
  functions: [
    describe(
      "env.get",
      text(
        "A variable of the task's environment; outside of functions, of the master's. Those that are read there travel with the workflow.",
        "Uma variável do ambiente da tarefa; fora de funções, do master. As lidas ali viajam com o workflow.",
      ),
      {
        takes: [value("name", "string", "", "")],
        gives: [optional("value", "string", "nil where it is not set", "nil quando não está definida")],
      },
    ),
  ],
  classes: [],
};

export const GLOBALS: LibraryModule = {
  name: "",
  text: text("Functions that stand by themselves.", "Funções avulsas."),
  functions: [
    describe(
      "import",
      text(
        "Runs another file of Lua once and gives what it returns. The file travels with the workflow to agents.",
        "Executa outro arquivo Lua uma vez e devolve o que ele retorna. O arquivo viaja com o workflow para os agentes.",
      ),
      {
        takes: [
          value("path", "string", "relative to the file that imports it", "relativo ao arquivo que importa"),
        ],
        gives: [value("module", "any", "", "")],
      },
    ),
    describe(
      "parallel",
      text(
        "Runs tasks and functions at the same time and waits for all. What they wait for overlaps: processes, requests, tasks on agents. A function returns `success, message, outputs` as a command does.",
        "Executa tarefas e funções ao mesmo tempo e espera todas. O que elas esperam se sobrepõe: processos, requisições, tarefas em agentes. Uma função retorna `success, message, outputs` como um comando.",
      ),
      {
        takes: [
          value(
            "branches",
            "table",
            "a list, or a map of names: functions, task tables, `task(…)`",
            "uma lista, ou um mapa de nomes: funções, tabelas de tarefa, `task(…)`",
          ),
          optional("options", "sloth.ParallelOptions", "", ""),
        ],
        gives: [
          value(
            "results",
            "table<any, sloth.BranchResult>",
            "under the keys of the branches",
            "sob as chaves dos ramos",
          ),
          optional(
            "err",
            "string",
            "which of them failed; nil when all succeeded",
            "quais falharam; nil quando todos tiveram sucesso",
          ),
        ],
      },
    ),
    describe(
      "export",
      text(
        "Adds to what the run gives at its end. A later value of a name wins.",
        "Acrescenta ao que a execução dá no fim. Vale o último valor de um nome.",
      ),
      { takes: [value("values", "table<string, any>", "", "")] },
    ),
    describe(
      "task",
      text(
        "Begins a task in the fluent form; each field of a task is a method that returns the task.",
        "Começa uma tarefa na forma fluente; cada campo de uma tarefa é um método que devolve a tarefa.",
      ),
      { takes: [value("name", "string", "", "")], gives: [value("task", "sloth.TaskBuilder", "", "")] },
    ),
    describe(
      "workflow.define",
      text(
        "Begins a group in the fluent form; each field of a group is a method that returns it.",
        "Começa um grupo na forma fluente; cada campo de um grupo é um método que o devolve.",
      ),
      {
        takes: [value("name", "string", "", "")],
        gives: [value("workflow", "sloth.WorkflowBuilder", "", "")],
      },
    ),
  ],
  values: [
    value(
      "values",
      "table",
      "what `-v` and `--set` gave; read-only",
      "o que `-v` e `--set` deram; somente leitura",
    ),
  ],
  classes: [
    {
      name: "sloth.ParallelOptions",
      text: text("How branches are run.", "Como os ramos são executados."),
      fields: [
        optional(
          "max_parallel",
          "integer",
          "how many at once; all by default",
          "quantos de uma vez; todos por padrão",
        ),
      ],
    },
    {
      name: "sloth.BranchResult",
      text: text("How a branch ended.", "Como um ramo terminou."),
      fields: [
        value("name", "string", "", ""),
        value("success", "boolean", "", ""),
        optional("message", "string", "what it said, or why it failed", "o que disse, ou por que falhou"),
        optional(
          "outputs",
          "any",
          "of a function its third value; of a command its `stdout`, `stderr`, `exit_code`",
          "de uma função o terceiro valor; de um comando `stdout`, `stderr`, `exit_code`",
        ),
        optional("traceback", "string", "of an error", "de um erro"),
      ],
    },
  ],
};
