import type { LuaTable, LuaValue } from "@sloth/dsl";

/** The same value with tables without a prototype, which passing from thread to thread gives them. */
export function withoutPrototypes(value: LuaValue): LuaValue {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(withoutPrototypes);
  const table: LuaTable = Object.create(null);
  for (const [key, entry] of Object.entries(value)) table[key] = withoutPrototypes(entry);
  return table;
}
