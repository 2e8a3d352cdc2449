import { type LibraryClass, optional, text, value } from "./reference.js";

const COMMAND = "string|fun(params: table, deps: table, ctx: sloth.Context): boolean, any, any";
const CONDITION = "string|fun(params: table, deps: table): boolean, string?";
const DELEGATE = "string|sloth.Delegation";
const NAMES = "string|string[]";

const env = optional(
  "env",
  "table<string, string|number>",
  "added to the environment",
  "acrescentado ao ambiente",
);
const timeout = (of: string, pt: string) =>
  optional(
    "timeout",
    "string|number",
    `time limit of ${of}: \`"90s"\`, \`"1h30m"\`, or seconds`,
    `limite de tempo ${pt}: \`"90s"\`, \`"1h30m"\`, ou segundos`,
  );

/** What a group is written with. */
export const GROUP: LibraryClass = {
  name: "sloth.Group",
  text: text(
    "A group of tasks. Groups run one after the other.",
    "Um grupo de tarefas. Grupos executam um após o outro.",
  ),
  fields: [
    value(
      "tasks",
      "sloth.Task[]|table<string, sloth.Task>",
      "in the order of the source",
      "na ordem do texto",
    ),
    optional("description", "string", "for people", "para pessoas"),
    optional("version", "string", "for people", "para pessoas"),
    optional(
      "delegate_to",
      DELEGATE,
      "where its tasks run unless a task says otherwise",
      "onde as tarefas executam se elas não dizem outra coisa",
    ),
    optional(
      "workdir",
      "string",
      "the working directory, relative to the workflow file; its directory by default",
      "o diretório de trabalho, relativo ao arquivo do workflow; por padrão o diretório dele",
    ),
    optional(
      "create_workdir_before_run",
      "boolean",
      "run in a fresh temporary directory",
      "executa em um diretório temporário novo",
    ),
    optional(
      "clean_workdir_after_run",
      "fun(result: { success: boolean, error: string?, output: any }): boolean",
      "true removes the temporary directory; by default it is kept after a failure",
      "true remove o diretório temporário; por padrão ele fica depois de uma falha",
    ),
    env,
    optional(
      "max_parallel",
      "integer",
      "how many of its tasks run at once",
      "quantas tarefas executam de uma vez",
    ),
    timeout("the group", "do grupo"),
    optional("on_start", "fun()", "called before its first task", "chamada antes da primeira tarefa"),
    optional(
      "on_complete",
      "fun(success: boolean, results: table)",
      "called after its last task",
      "chamada depois da última tarefa",
    ),
    optional(
      "on_conflict",
      '"fail"|"theirs"|"ours"',
      "what becomes of a path that was changed on both sides",
      "o que acontece com um caminho mudado dos dois lados",
    ),
    optional(
      "external_symlinks",
      '"refuse"|"keep"',
      "new links that lead out of the working directory",
      "links novos que saem do diretório de trabalho",
    ),
    optional(
      "allow_delete_all",
      "boolean",
      "whether a task may delete every file",
      "se uma tarefa pode remover todos os arquivos",
    ),
    optional(
      "protect",
      NAMES,
      "patterns of what no task may change; `!` releases",
      "padrões do que nenhuma tarefa pode mudar; `!` libera",
    ),
    optional("sync_git", "boolean", "whether `.git` is sent", "se `.git` é enviado"),
    optional(
      "keep_ignored",
      "boolean",
      "whether ignored files stay on the agent for the next task",
      "se arquivos ignorados ficam no agente para a próxima tarefa",
    ),
    optional(
      "ignore",
      NAMES,
      "patterns of what is neither sent nor taken back",
      "padrões do que não é enviado nem trazido de volta",
    ),
    optional(
      "gitignore",
      "boolean",
      "whether what `.gitignore` names is left out too",
      "se o que `.gitignore` nomeia também fica de fora",
    ),
    optional(
      "limits",
      "{ bytes: string|number?, files: integer? }",
      "how much one task may send and bring back",
      "quanto uma tarefa pode enviar e trazer",
    ),
  ],
};

/** What a task is written with. */
export const TASK: LibraryClass = {
  name: "sloth.Task",
  text: text(
    "A task: what is scheduled, run and delegated.",
    "Uma tarefa: o que é agendado, executado e delegado.",
  ),
  fields: [
    optional(
      "name",
      "string",
      "unique in its group; in a map of tasks the key is the name",
      "única no grupo; em um mapa de tarefas a chave é o nome",
    ),
    optional("description", "string", "for people", "para pessoas"),
    optional(
      "command",
      COMMAND,
      "a shell command that succeeds with 0, or a function that returns `success, message, outputs`",
      "um comando de shell que tem sucesso com 0, ou uma função que retorna `success, message, outputs`",
    ),
    optional(
      "depends_on",
      NAMES,
      "tasks of the group that must have succeeded before",
      "tarefas do grupo que precisam ter sucesso antes",
    ),
    optional("next_if_fail", NAMES, "run only if that task failed", "executa só se aquela tarefa falhou"),
    optional(
      "async",
      "boolean",
      "accepted; independent tasks run at the same time anyway",
      "aceito; tarefas independentes já executam ao mesmo tempo",
    ),
    optional(
      "params",
      "table<string, any>",
      "what a function gets as `params`",
      "o que uma função recebe como `params`",
    ),
    env,
    timeout("one attempt", "de uma tentativa"),
    optional(
      "retries",
      "integer",
      "further attempts after a failure",
      "outras tentativas depois de uma falha",
    ),
    optional(
      "retry_delay",
      "string|number",
      "before the next attempt; 1 s by default",
      "antes da próxima tentativa; 1 s por padrão",
    ),
    optional(
      "retry_backoff",
      '"fixed"|"linear"|"exponential"',
      "how the delay grows",
      "como a espera cresce",
    ),
    optional(
      "run_if",
      CONDITION,
      "the task is skipped where it does not hold",
      "a tarefa é pulada quando não vale",
    ),
    optional(
      "abort_if",
      CONDITION,
      "the run ends, failed, where it holds",
      "a execução termina, com falha, quando vale",
    ),
    optional(
      "pre_exec",
      "fun(params: table, deps: table, ctx: sloth.Context): boolean, string?",
      "before the command, which runs only after true",
      "antes do comando, que só executa depois de true",
    ),
    optional(
      "post_exec",
      "fun(params: table, output: table, ctx: sloth.Context): boolean, string?",
      "after a success; without true the task has failed",
      "depois de um sucesso; sem true a tarefa falhou",
    ),
    optional(
      "on_success",
      "fun(params: table, output: table, ctx: sloth.Context)",
      "after a success",
      "depois de um sucesso",
    ),
    optional(
      "on_failure",
      "fun(params: table, output: table, ctx: sloth.Context)",
      "after a failure; `output.error` says why",
      "depois de uma falha; `output.error` diz por quê",
    ),
    optional("workdir", "string", "relative to the group's", "relativo ao do grupo"),
    optional(
      "delegate_to",
      `${DELEGATE}|false`,
      "overrides the group's; false brings it home",
      "vale sobre o do grupo; false traz para casa",
    ),
    optional(
      "on_agent_lost",
      '"fail"|"retry"|"wait"',
      "what to do when the agent goes away while it runs",
      "o que fazer quando o agente some durante a execução",
    ),
    optional(
      "artifacts",
      NAMES,
      "globs of what is saved after a success, below the task's directory",
      "padrões do que é salvo depois de um sucesso, abaixo do diretório da tarefa",
    ),
    optional(
      "consumes",
      NAMES,
      "paths or globs of artifacts that are brought in before, as they were saved: `out/app`",
      "caminhos ou padrões de artefatos que são trazidos antes, como foram salvos: `out/app`",
    ),
    optional(
      "uses",
      "sloth.Task",
      "a task, as from `import`, whose fields are taken over; maps are merged",
      "uma tarefa, como a de `import`, da qual os campos são aproveitados; mapas são mesclados",
    ),
  ],
};

export const OTHER_CLASSES: LibraryClass[] = [
  {
    name: "sloth.Delegation",
    text: text("Where tasks run: one of the first four.", "Onde tarefas executam: um dos quatro primeiros."),
    fields: [
      optional("address", "string", "`host:port`; 50051 without a port", "`host:porta`; 50051 sem porta"),
      optional("name", "string", "of an agent in the inventory", "de um agente do inventário"),
      optional(
        "labels",
        "table<string, string|boolean|number>",
        "an agent that has all of them",
        "um agente que tem todos",
      ),
      optional("any", "(string|sloth.Delegation)[]", "one of these", "um destes"),
      optional(
        "max",
        "integer",
        "how many tasks of the run are there at once",
        "quantas tarefas da execução ficam lá de uma vez",
      ),
    ],
  },
  {
    name: "sloth.Context",
    text: text(
      "What a function learns of its task: `ctx`, and `this` in the fluent form.",
      "O que uma função sabe da tarefa: `ctx`, e `this` na forma fluente.",
    ),
    fields: [
      value("name", "string", "", ""),
      value("group", "string", "", ""),
      value(
        "workdir",
        "string",
        "absolute; also `this.workdir.get()`",
        "absoluto; também `this.workdir.get()`",
      ),
      optional(
        "agent",
        "string",
        "nil on the master; also `this.agent.get()`",
        "nil no master; também `this.agent.get()`",
      ),
      value("attempt", "integer", "from 1", "a partir de 1"),
      value("run_id", "string", "", ""),
    ],
  },
];
