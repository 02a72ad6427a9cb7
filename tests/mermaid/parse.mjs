// Reads charts as a JSON list on standard input; prints for each what Mermaid's parser says.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

const { window } = new JSDOM("");
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import("mermaid");

const answers = [];
for (const chart of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    await mermaid.parse(chart);
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(chart);
    answers.push({
      labels: [...db.getVertices().values()].map((vertex) => vertex.text),
      titles: db.getSubGraphs().map((graph) => graph.title),
      edges: db.getEdges().length,
    });
  } catch (error) {
    answers.push({ error: String(error) });
  }
}
process.stdout.write(JSON.stringify(answers));
