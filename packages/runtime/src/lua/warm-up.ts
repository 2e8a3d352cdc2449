import { encodeBundle, openTaskState } from "@sloth/dsl";

/** Does once, before there is a task, what the first Lua state of a thread costs: loading and compiling. */
export async function warmUp(): Promise<void> {
  const file = "warm-up.lua";
  const bundle = encodeBundle({ files: new Map([[file, Buffer.from("")]]) });
  const nothing = () => {
    throw new Error("Nothing runs while a worker warms up");
  };
  try {
    const calls = { delegates: false, begin: nothing, next: nothing };
    const host = {
      workdir: "/",
      env: nothing,
      log: nothing,
      print: nothing,
      export: nothing,
      ...calls,
      fs: {} as never,
    };
    await openTaskState({ bundle, file, context: { clockMs: 0 }, modelHash: "", host });
  } catch {
    // An empty file is no workflow. Whatever else fails here will fail, and be told, when there is a task.
  }
}
