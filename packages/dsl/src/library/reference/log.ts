import { describe, type LibraryModule, optional, text, value } from "./reference.js";

const LEVELS = [
  ["debug", "for whoever looks for a defect", "para quem procura um defeito"],
  ["info", "what happens", "o que acontece"],
  ["warn", "what somebody should look at", "o que alguém deveria olhar"],
  ["error", "what went wrong; it does not end the task", "o que deu errado; não termina a tarefa"],
] as const;

export const LOG: LibraryModule = {
  name: "log",
  text: text("Messages with a level, shown live.", "Mensagens com nível, mostradas ao vivo."),
  functions: LEVELS.map(([level, en, pt]) =>
    describe(`log.${level}`, text(`Logs ${en}.`, `Registra ${pt}.`), {
      takes: [
        value("message", "any", "made a text by `tostring`", "vira texto com `tostring`"),
        optional("fields", "table<string, any>", "data that belongs to it", "dados que pertencem a ela"),
      ],
    }),
  ),
  classes: [],
};
