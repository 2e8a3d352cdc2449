import { luaDefinitions } from "@sloth/dsl";

export const DEFINITIONS = "sloth.d.lua";
export const SETTINGS = ".luarc.json";

/** What an editor has to know besides the definitions. */
export const EDITOR_SETTINGS = {
  $schema: "https://raw.githubusercontent.com/LuaLS/vscode-lua/master/setting/schema.json",
  "runtime.version": "Lua 5.4",
  // As `require` looks for modules.
  "runtime.path": ["?.lua", "?/init.lua"],
};

/** What editors with the Lua language server need where nothing is there yet, by the names of the files. */
export function editorFiles(): Map<string, string> {
  return new Map([
    [DEFINITIONS, luaDefinitions()],
    [SETTINGS, settingsText(EDITOR_SETTINGS)],
  ]);
}

export function settingsText(settings: object): string {
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}
