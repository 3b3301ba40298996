/** A graph as GraphML, as TinkerPop writes it. It has no word for several values of a key, nor for what is not a number, a text or true. */
import type { Element } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import type { PropertyModel } from '../../query/gremlin/property-graph.ts';
import { isNumber, numType } from '../../query/gremlin/value/num.ts';
import { type GValue, Uuid } from '../../query/gremlin/value/value.ts';
import { mistake } from '../../std/mistake.ts';

/** Lines without their ends. Looks through the graph twice: types of keys stand first. Throws a Mistake for what it cannot say. */
export function* graphmlLines(view: GraphView, model: PropertyModel): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>';
  yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">';
  yield '<key id="labelV" for="node" attr.name="labelV" attr.type="string"/>';
  yield '<key id="labelE" for="edge" attr.name="labelE" attr.type="string"/>';
  yield* keyLines('node', view.nodes(), view, model);
  yield* keyLines('edge', view.edges(), view, model);
  yield '<graph id="G" edgedefault="directed">';
  for (const node of view.nodes()) {
    const data = dataOf('node', node, view, model);
    yield `<node id="${idText(node, model)}"><data key="labelV">${escaped(model.label(node))}</data>${data}</node>`;
  }
  for (const edge of view.edges()) {
    const [[from], [to]] = [[...view.parents(edge)], [...view.children(edge)]];
    if (!from || !to) continue;
    const ends = `source="${idText(from, model)}" target="${idText(to, model)}"`;
    const data = dataOf('edge', edge, view, model);
    yield `<edge id="${idText(edge, model)}" ${ends}><data key="labelE">${escaped(model.label(edge))}</data>${data}</edge>`;
  }
  yield '</graph>';
  yield '</graphml>';
}

type Domain = 'node' | 'edge';

function* keyLines(
  domain: Domain,
  elements: Iterable<Element>,
  view: GraphView,
  model: PropertyModel,
): Generator<string> {
  const types = new Map<string, string>();
  for (const element of elements)
    for (const [key, value] of properties(element, view, model)) {
      const type = typeOf(key, value);
      // A key that is of two types is text.
      types.set(key, (types.get(key) ?? type) === type ? type : 'string');
    }
  for (const [key, type] of types)
    yield `<key id="${keyId(domain, key)}" for="${domain}" attr.name="${escaped(key)}" attr.type="${type}"/>`;
}

function dataOf(domain: Domain, element: Element, view: GraphView, model: PropertyModel): string {
  let data = '';
  for (const [key, value] of properties(element, view, model))
    data += `<data key="${keyId(domain, key)}">${escaped(textOf(value))}</data>`;
  return data;
}

function* properties(element: Element, view: GraphView, model: PropertyModel): Generator<[string, GValue]> {
  for (const key of model.keys(element, view)) {
    if (element.kind === 'edge') {
      const property = model.edgeProperty(element, key, view);
      if (property) yield [key, property.value];
      continue;
    }
    const [first, second] = model.vertexProperties(element, key, view);
    if (second || first?.meta?.size)
      throw mistake(
        'graphfile.graphml',
        `GraphML has no word for the several values, or properties, of ${JSON.stringify(key)}`,
        'GraphSON has',
      );
    if (first) yield [key, first.value];
  }
}

/** A key of vertices and one of edges may share their name, not their id. */
function keyId(domain: Domain, key: string): string {
  return escaped(domain === 'node' ? `v.${key}` : `e.${key}`);
}

function typeOf(key: string, value: GValue): string {
  if (typeof value === 'string' || value instanceof Uuid) return 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (isNumber(value)) {
    const type = numType(value);
    if (type === 'long' || type === 'float' || type === 'double') return type;
    return type === 'bigint' || type === 'bigdecimal' ? 'string' : 'int';
  }
  throw mistake('graphfile.graphml', `GraphML has no word for a value of ${JSON.stringify(key)}`, 'GraphSON has');
}

function textOf(value: GValue): string {
  if (value instanceof Uuid) return value.value;
  return String(isNumber(value) && typeof value !== 'number' ? value.value : value);
}

function idText(element: Element, model: PropertyModel): string {
  return escaped(textOf(model.id(element)));
}

function escaped(text: string): string {
  const found = UNSAYABLE.exec(text);
  if (found)
    throw mistake(
      'graphfile.graphml',
      `XML has no word for the character U+${found[0].charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  return text.replace(/[&<>"\r]/g, (char) => entities[char] as string);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for (XML 1.0, production Char).
const UNSAYABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
