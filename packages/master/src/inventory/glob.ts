/** Whether a name fits a pattern, in which `*` stands for any characters and `?` for one. */
export function globMatcher(pattern: string): (name: string) => boolean {
  const parts = pattern.match(/\*+|\?|[^*?]+/g) ?? [];
  const source = parts.map((part) => {
    if (part.startsWith("*")) return ".*";
    return part === "?" ? "." : part.replace(/[.+^${}()|[\]\\/-]/g, "\\$&");
  });
  const expression = new RegExp(`^${source.join("")}$`, "su");
  return (name) => expression.test(name);
}
