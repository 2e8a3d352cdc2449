import type { LuaState } from "../lua/lua-state.js";

/** Pushes a function that makes a userdata with the metatable that it is given. */
export function pushHandleMaker({ api, main }: LuaState): void {
  const pointer = api.addFunction((thread) => {
    api._lua_newuserdatauv(thread, 0, 0);
    api._lua_pushvalue(thread, 1);
    api._lua_setmetatable(thread, -2);
    return 1;
  }, "ii");
  api._lua_pushcclosure(main, pointer, 0);
}
