/** Containment as a tree: hosts, their namespaces, their interfaces. */
import type { WireEdge, WireNode } from '../../contract/element.ts';
import type { Paint } from '../../std/paint.ts';
import { nameOf, typeOf } from './element.ts';
import { addressesOf } from './elements.ts';
import { cellText, sorted } from './grid.ts';
import { cutTo } from './printable.ts';

export interface TreeDrawing {
  readonly width: number | undefined;
  readonly paint: Paint;
}

export function drawTree(nodes: readonly WireNode[], edges: readonly WireEdge[], drawing: TreeDrawing): string {
  const byId = new Map(nodes.map((node) => [node.ID, node]));
  const children = new Map<string, WireNode[]>();
  const owned = new Set<string>();
  for (const { Parent, Child } of edges) {
    const child = byId.get(Child);
    // Whoever has two owners is shown below the first.
    if (!child || !byId.has(Parent) || owned.has(Child)) continue;
    owned.add(Child);
    children.set(Parent, [...(children.get(Parent) ?? []), child]);
  }
  const lines: string[] = [];
  const shown = new Set<string>();
  const grow = (node: WireNode, first: string, rest: string, siblings: readonly WireNode[]) => {
    // A ring of owners would have no end.
    if (shown.has(node.ID)) return;
    shown.add(node.ID);
    lines.push(lineOf(node, first, siblings, drawing));
    const all = inOrder(children.get(node.ID) ?? []);
    const below = all.filter((child) => !isRule(child));
    const counted = countLine(all.filter(isRule));
    for (const [i, child] of below.entries()) {
      const isLast = i === below.length - 1 && counted === '';
      grow(child, `${rest}${isLast ? '└── ' : '├── '}`, `${rest}${isLast ? '    ' : '│   '}`, below);
    }
    if (counted !== '') lines.push(`${rest}└── ${drawing.paint.dim(counted)}\n`);
  };
  const roots = inOrder(nodes.filter((node) => !owned.has(node.ID)));
  for (const root of [...roots, ...nodes.filter((node) => !owned.has(node.ID) || !isRule(node))])
    grow(root, '', '', roots);
  return lines.join('');
}

/** There are thousands on a bridge or in a chain: they are counted. */
function isRule(node: WireNode): boolean {
  return ['ofrule', 'ofgroup', 'nftrule'].includes(typeOf(node));
}

function countLine(nodes: readonly WireNode[]): string {
  const groups = nodes.filter((node) => typeOf(node) === 'ofgroup').length;
  const filters = nodes.filter((node) => typeOf(node) === 'nftrule').length;
  const rules = nodes.length - groups - filters;
  const of = (count: number, what: string) => (count === 0 ? [] : [`${count} ${what}${count === 1 ? '' : 's'}`]);
  if (filters === nodes.length) return of(filters, 'rule').join('');
  return `${[...of(rules, 'rule'), ...of(groups, 'group')].join(', ')} of OpenFlow`;
}

/** Things first, then what contains things, each as people count. */
function inOrder(nodes: readonly WireNode[]): WireNode[] {
  const byName = sorted(nodes, nameOf, false);
  return sorted(byName, (node) => (typeOf(node) === 'netns' ? 1 : 0), false);
}

// A driver without a notion of it, as that of the loopback, says UNKNOWN.
const isAsUsual = new Set(['UP', 'UNKNOWN']);

function lineOf(node: WireNode, branch: string, siblings: readonly WireNode[], { width, paint }: TreeDrawing): string {
  const { State, MasterIndex } = node.Metadata;
  const master = siblings.find((other) => MasterIndex !== undefined && other.Metadata.IfIndex === MasterIndex);
  const remarks = [
    typeOf(node),
    typeof State === 'string' && !isAsUsual.has(State) ? State.toLowerCase() : '',
    ...addressesOf(node),
    master ? `in ${nameOf(master)}` : '',
  ];
  const name = cellText(nameOf(node));
  const text = remarks.filter(Boolean).map(cellText).join('  ');
  const room = width === undefined ? text : cutTo(text, Math.max(8, width - branch.length - name.length - 2));
  return `${branch}${paint.strong(name)}  ${paint.dim(room)}\n`;
}
