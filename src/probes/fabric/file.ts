/** The file of a fabric, YAML: nodes, racks, links. What is wrong is told with line and column. */
import { isNode, LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import type { Metadata } from '../../graph/element.ts';
import { type Fault, Mistake } from '../../std/mistake.ts';
import { type End, LineFault, parseEnd, parseLine } from './line.ts';
import type { Plan, PlannedLink, PlannedNode } from './plan.ts';

/** Longer ones are no description that somebody wrote. */
export const FILE_BYTES_MAX = 16 * 1024 * 1024;
const FAULTS_MAX = 20;

const name = z
  .string()
  .regex(/^[^\s[\]/,=*]+$/, { error: 'has to be a name: a text without spaces and any of []/,=*' });
const metadata = z.record(z.string(), z.json()).default({});
const port = z.union([
  name.transform((text) => ({ name: text, metadata: {} })),
  z.strictObject({ name, type: z.string().optional(), metadata }),
]);
const node = z.strictObject({ name, type: z.string().min(1).optional(), metadata, ports: z.array(port).default([]) });
const link = z.union(
  [z.string(), z.strictObject({ from: z.string(), to: z.string(), relation: z.string().min(1).optional(), metadata })],
  { error: 'has to be a line (A --> B), or from, to, relation and metadata' },
);
const fileShape = z
  .strictObject({
    nodes: z.array(node).default([]),
    racks: z.array(z.strictObject({ name, metadata, holds: z.array(z.string()).default([]) })).default([]),
    links: z.array(link).default([]),
  })
  .nullable();

/** Throws a Mistake whose messages begin with FILE:LINE:COLUMN. */
export function readFabric(text: string, file: string): Plan {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const faults: Fault[] = [];
  const fault = (offset: number, message: string) => {
    const { line, col } = lines.linePos(offset);
    if (faults.length < FAULTS_MAX) faults.push({ code: 'fabric.file', message: `${file}:${line}:${col}: ${message}` });
  };
  for (const { pos, message } of document.errors) fault(pos[0], message.split('\n')[0] ?? '');
  if (faults.length > 0) throw new Mistake(faults);
  const offsetOf = (path: readonly PropertyKey[]): number => {
    for (let depth = path.length; depth >= 0; depth--) {
      const found = document.getIn(path.slice(0, depth), true);
      if (isNode(found) && found.range) return found.range[0];
    }
    return 0;
  };
  const read = fileShape.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (!read.success) {
    for (const { path, message } of read.error.issues)
      fault(offsetOf(path), `${path.join('.') || 'the file'}: ${message}`);
    throw new Mistake(faults);
  }
  const attempt = <T>(path: readonly PropertyKey[], parse: () => T): T[] => {
    try {
      return [parse()];
    } catch (error) {
      if (!(error instanceof LineFault)) throw error;
      const offset = offsetOf(path);
      // Behind the quotation mark, where there is one.
      fault(offset + error.at + (/["']/.test(text[offset] ?? '') ? 1 : 0), error.message);
      return [];
    }
  };
  const { nodes, racks, links } = read.data ?? { nodes: [], racks: [], links: [] };
  const plan = {
    nodes: [...nodes.flatMap(nodesOf), ...racks.map(rackOf)],
    held: racks.flatMap((rack, at) =>
      rack.holds.flatMap((what, index) =>
        attempt(['racks', at, 'holds', index], () => ({ by: rack.name, what: parseEnd(what) as End })),
      ),
    ),
    links: links.flatMap((one, at): PlannedLink[] => {
      if (typeof one === 'string') return attempt(['links', at], () => parseLine(one));
      const [from] = attempt(['links', at, 'from'], () => parseEnd(one.from));
      const [to] = attempt(['links', at, 'to'], () => parseEnd(one.to));
      if (!from || !to) return [];
      return [{ from, to, metadata: one.metadata as Metadata, holds: false, relation: one.relation }];
    }),
  };
  if (faults.length > 0) throw new Mistake(faults);
  return plan;
}

/** Lines of the configuration. Throws a Mistake whose messages tell which, and the column. */
export function readLines(texts: readonly string[], option: string): Plan {
  const faults: Fault[] = [];
  const links = texts.flatMap((text, at) => {
    try {
      return [parseLine(text)];
    } catch (error) {
      if (!(error instanceof LineFault)) throw error;
      faults.push({ code: 'fabric.line', message: `${option}:${at + 1}:${error.at + 1}: ${error.message}` });
      return [];
    }
  });
  if (faults.length > 0) throw new Mistake(faults);
  return { nodes: [], links, held: [] };
}

function nodesOf(one: z.infer<typeof node>): PlannedNode[] {
  const ports = one.ports.map((each): PlannedNode => {
    const type = 'type' in each ? each.type : undefined;
    return { path: [one.name, each.name], type: type ?? 'port', metadata: each.metadata as Metadata };
  });
  return [{ path: [one.name], type: one.type, metadata: one.metadata as Metadata }, ...ports];
}

function rackOf({ name: rack, metadata: said }: { readonly name: string; readonly metadata: object }): PlannedNode {
  return { path: [rack], type: 'rack', metadata: said as Metadata };
}
