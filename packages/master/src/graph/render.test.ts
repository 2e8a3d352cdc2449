import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadWorkflow } from "@sloth/dsl";
import { describe, expect, it, onTestFinished } from "vitest";
import { renderDot } from "./render-dot.js";
import { renderMermaid } from "./render-mermaid.js";
import { renderText } from "./render-text.js";
import { graphOf, type WorkflowGraph } from "./workflow-graph.js";

const noDot = spawnSync("dot", ["-V"]).error ? " (there is no dot here)" : "";

async function load(text: string): Promise<WorkflowGraph> {
  const directory = mkdtempSync(join(tmpdir(), "sloth-graph-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, "w.lua"), text);
  return graphOf((await loadWorkflow(join(directory, "w.lua"))).workflow);
}

const RELEASE = `
TaskDefinitions = {
  release = {
    description = "Build far away, look here",
    delegate_to = "build1:50051",
    tasks = {
      { name = "fetch", command = "true", description = "the sources" },
      { name = "compile", command = "true", depends_on = "fetch" },
      { name = "lint", command = "true", depends_on = "fetch", delegate_to = { labels = { os = "linux" } } },
      { name = "report", command = "true", depends_on = { "fetch", "lint", "compile" }, delegate_to = false },
      { name = "tell", command = "true", next_if_fail = { "compile", "lint" }, delegate_to = false },
    },
  },
  tidy = { tasks = { { name = "fetch", command = "true" } } },
}`;

const HOSTILE = `
TaskDefinitions = {
  ['a "group" <b>&amp;</b>'] = {
    tasks = {
      { name = 'style:"x"];', command = "true" },
      { name = "end", command = "true", depends_on = 'style:"x"];' },
      { name = "\`c\` %% \\\\N", command = "true", depends_on = "end" },
      { name = "two\\u{2028}lines", command = "true", next_if_fail = "end" },
      { name = "1. _list_ of snake_case", command = "true", next_if_fail = "end" },
      { name = "#quot; -->|x| {y} ação", command = "true", next_if_fail = "end" },
    },
  },
}`;

describe("the graph as text", () => {
  it("has each task once, below the last one that it waits for", async () => {
    expect(renderText(await load(RELEASE))).toEqual([
      "release  - Build far away, look here",
      "└─ fetch @build1:50051  - the sources",
      "   ├─ compile @build1:50051",
      "   │  └─ report (also after fetch, lint)",
      "   └─ lint @os=linux",
      "      └╌ tell (if compile or lint fails)",
      "tidy",
      "└─ fetch",
    ]);
  });

  it("stays readable and small for thousands of tasks in a chain", async () => {
    const tasks = Array.from({ length: 5000 }, (_, number) => ({
      name: `t${number}`,
      dependsOn: number === 0 ? [] : [`t${number - 1}`],
      nextIfFail: [],
    }));
    const lines = renderText({ file: "w.lua", groups: [{ name: "g", tasks }] });
    expect(lines).toHaveLength(5001);
    expect(lines.at(-1)).toMatch(/^… +└─ t4999$/);
    expect(lines.join("\n").length).toBeLessThan(1_000_000);
  });

  it("shows no name as lines of its own", async () => {
    expect(renderText(await load(HOSTILE))).toContain("      ├╌ two\\u{2028}lines (if end fails)");
  });
});

describe("the graph for Mermaid", () => {
  it("has groups as boxes, places below the names, and handlers at dashed arrows", async () => {
    expect(renderMermaid(await load(RELEASE))).toEqual([
      "flowchart TD",
      '  subgraph g1["release"]',
      '    t1["fetch<br/>@build1#58;50051"]',
      '    t2["compile<br/>@build1#58;50051"]',
      '    t3["lint<br/>@os#61;linux"]',
      '    t4["report"]',
      '    t5["tell"]',
      "    t1 --> t2",
      "    t1 --> t3",
      "    t1 --> t4",
      "    t3 --> t4",
      "    t2 --> t4",
      "    t2 -.->|fails| t5",
      "    t3 -.->|fails| t5",
      "  end",
      '  subgraph g2["tidy"]',
      '    t6["fetch"]',
      "  end",
    ]);
  });

  it("leaves nothing in a name that Mermaid, HTML or Markdown would read", async () => {
    const names = renderMermaid(await load(HOSTILE)).flatMap((line) => /\["(.*)"\]$/.exec(line)?.[1] ?? []);
    expect(names).toEqual([
      "a #34;group#34; #60;b#62;#38;amp#59;#60;/b#62;",
      "style#58;#34;x#34;#93;#59;",
      "end",
      "#96;c#96; #37;#37; #92;N",
      "two#92;u#123;2028#125;lines",
      "1#46; #95;list#95; of snake_case",
      "#35;quot#59; #45;#45;#62;#124;x#124; #123;y#125; ação",
    ]);
  });
});

describe("the graph for Graphviz", () => {
  it("has groups as clusters, places below the names, and handlers at dashed arrows", async () => {
    expect(renderDot(await load(RELEASE))).toEqual([
      "digraph workflow {",
      "  node [shape=box];",
      "  subgraph cluster_g1 {",
      '    label="release";',
      '    t1 [label="fetch\\n@build1:50051"];',
      '    t2 [label="compile\\n@build1:50051"];',
      '    t3 [label="lint\\n@os=linux"];',
      '    t4 [label="report"];',
      '    t5 [label="tell"];',
      "    t1 -> t2;",
      "    t1 -> t3;",
      "    t1 -> t4;",
      "    t3 -> t4;",
      "    t2 -> t4;",
      '    t2 -> t5 [style=dashed, label="fails"];',
      '    t3 -> t5 [style=dashed, label="fails"];',
      "  }",
      "  subgraph cluster_g2 {",
      '    label="tidy";',
      '    t6 [label="fetch"];',
      "  }",
      "}",
    ]);
  });

  it("leaves nothing in a name that Graphviz would read", async () => {
    const labels = renderDot(await load(HOSTILE)).flatMap(
      (line) => /label="(.*)"\]?;$/.exec(line)?.[1] ?? [],
    );
    expect(labels).toEqual([
      'a \\"group\\" <b>&amp;amp;</b>',
      'style:\\"x\\"];',
      "end",
      "`c` %% \\\\N",
      "two\\\\u{2028}lines",
      "1. _list_ of snake_case",
      "#quot; -->|x| {y} ação",
      "fails",
      "fails",
      "fails",
    ]);
  });

  it.skipIf(noDot).each([RELEASE, HOSTILE])(`is read by dot itself${noDot}`, async (workflow) => {
    const input = renderDot(await load(workflow)).join("\n");
    const { status, stderr } = spawnSync("dot", ["-Tcanon"], { input, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});
