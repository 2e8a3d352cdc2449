/** Light and dark, as the reader has it. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1a1a1a; --faint: #6b6b6b; --line: #d8d8d8; --page: #fff;
  --ours: #2563eb; --peer: #a3a3a3; --met: #15803d; --missed: #b91c1c; --second: #d97706; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e6e6; --faint: #9a9a9a; --line: #3a3a3a; --page: #151515;
  --ours: #60a5fa; --peer: #737373; --met: #4ade80; --missed: #f87171; --second: #fbbf24; } }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--text); background: var(--page); margin: 0; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h2 { margin: 2.5rem 0 0.2rem; border-top: 1px solid var(--line); padding-top: 1.2rem; }
.stamp, figcaption, caption { color: var(--faint); font-size: 0.85em; text-align: left; }
.table { overflow-x: auto; }
table { border-collapse: collapse; margin: 0.8rem 0; font-variant-numeric: tabular-nums; }
caption { padding-bottom: 0.3rem; font-weight: 600; }
th, td { padding: 0.15rem 0.9rem 0.15rem 0; text-align: right; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; }
tr.met td:last-child { color: var(--met); }
tr.missed td:last-child { color: var(--missed); }
figure { margin: 0.8rem 0; }
svg { width: 100%; height: auto; max-width: 46rem; display: block; }
svg text { fill: var(--text); font-size: 12px; }
svg .faint { fill: var(--faint); }
svg .axis { stroke: var(--line); }
svg .ours { fill: var(--ours); } svg .peer { fill: var(--peer); }
svg .spread { stroke: var(--text); }
svg .line0 { stroke: var(--ours); fill: none; stroke-width: 2; } svg .line1 { stroke: var(--second); fill: none; stroke-width: 2; }
svg .dot0 { fill: var(--ours); } svg .dot1 { fill: var(--second); }
`;
