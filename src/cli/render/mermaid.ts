/** Nodes and edges as a Mermaid flowchart, for tickets and documents. */
import type { WireEdge, WireNode } from '../../contract/element.ts';
import { nameOf, typeOf } from './element.ts';

export function drawMermaid(nodes: readonly WireNode[], edges: readonly WireEdge[]): string {
  const short = new Map(nodes.map((node, i) => [node.ID, `n${i + 1}`]));
  const lines = nodes.map((node) => `${short.get(node.ID)}["${mermaidText(`${nameOf(node)} (${typeOf(node)})`)}"]`);
  for (const edge of edges) {
    const [parent, child] = [short.get(edge.Parent), short.get(edge.Child)];
    // An end that is not part of the answer has no box.
    if (parent === undefined || child === undefined) continue;
    const relation = String(edge.Metadata.RelationType ?? '');
    const arrow = relation === 'layer2' ? '---' : '-->';
    lines.push(`${parent} ${arrow}${relation && `|"${mermaidText(relation)}"|`} ${child}`);
  }
  return `flowchart LR\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

/** Mermaid has entity codes instead of escapes; HTML and Markdown inside labels are drawn, so they are spelled out. */
export function mermaidText(label: string): string {
  return label.replace(/[^\p{L}\p{N} .,:()/_@+-]/gu, (char) => `#${char.codePointAt(0)};`);
}
