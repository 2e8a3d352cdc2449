import type { Argv } from "yargs";

/** One command of the command line: what may be typed, what it means, and what does it. */
export interface Command<Args> {
  /** What is typed after its name, in the words of yargs. Default: nothing. */
  positionals?: string;
  describe: string;
  options(parser: Argv): Argv;
  /** Makes of what yargs read what the command is called with. @throws {MasterError} USAGE */
  read(parsed: Record<string, unknown>): Args | Promise<Args>;
  /** Loads the layers that it needs, so that no other command does, and gives the exit code. */
  perform(args: Args): Promise<number>;
}

/** A command that was chosen, and what it is called with. */
export interface Chosen {
  kind: "command";
  name: string;
  args: unknown;
  perform(): Promise<number>;
}

/** A command as the table has it: whatever its arguments are. */
export interface AnyCommand extends Pick<Command<unknown>, "positionals" | "describe" | "options"> {
  /** @throws {MasterError} USAGE */
  choose(name: string, parsed: Record<string, unknown>): Promise<Chosen>;
}

export function command<Args>({ read, perform, ...shown }: Command<Args>): AnyCommand {
  return {
    ...shown,
    async choose(name, parsed) {
      const args = await read(parsed);
      return { kind: "command", name, args, perform: () => perform(args) };
    },
  };
}
