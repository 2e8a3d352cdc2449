/**
 * What the runner of GitHub Actions takes for commands, for tests.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs
 */

/** Each is taken anywhere in a line, or at its start after blanks. */
const OLD = /##\[([^\s\]]+)[^\]]*\](.*)$/;
const NEW = /^\s*::([^\s:]+)(?: (.*?))?::(.*)$/;

/** The commands that the runner would follow, as `name data`. */
export function followedCommands(output: string): string[] {
  const followed: string[] = [];
  let token: string | undefined;
  // It reads lines as .NET does, to which a `\r` alone ends one.
  for (const line of output.split(/\r\n|\r|\n/)) {
    const match = NEW.exec(line) ?? OLD.exec(line);
    const [name = "", data = ""] = match ? [match[1], match.at(-1)] : [];
    if (!match) continue;
    if (token !== undefined) {
      if (name === token) token = undefined;
    } else if (name === "stop-commands") token = data;
    else followed.push(`${name} ${data}`);
  }
  return token === undefined ? followed : [...followed, "still stopped"];
}
