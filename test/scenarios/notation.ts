/** How the suite writes values: `d[29].i`, `v[marko]`, `m[{"name":"marko"}]`. */

import { GMap, GSet } from '../../src/query/gremlin/value/collections.ts';
import { dateTimeOf } from '../../src/query/gremlin/value/datetime.ts';
import { Num, type NumType, num } from '../../src/query/gremlin/value/num.ts';
import { tokenNamed } from '../../src/query/gremlin/value/token.ts';
import { type GValue, Path, Uuid } from '../../src/query/gremlin/value/value.ts';
import type { Toy } from '../query/gremlin/toys.ts';

/** What has no place in the notation that this runner reads: the scenario cannot be run. */
export class Unwritable extends Error {}

const numberTypes: Readonly<Record<string, NumType>> = {
  b: 'byte',
  s: 'short',
  i: 'int',
  l: 'long',
  f: 'float',
  d: 'double',
  m: 'bigdecimal',
  n: 'bigint',
};

export class Notation {
  readonly #graph: Toy;

  constructor(graph: Toy) {
    this.#graph = graph;
  }

  read(text: string): GValue {
    if (text === 'null') return null;
    if (text === 'true' || text === 'false') return text === 'true';
    const [, kind, inner, more] = /^(\w+)\[(.*)\](?:\.(\w+))?$/s.exec(text) ?? [];
    if (kind === undefined || inner === undefined) return text;
    switch (kind) {
      case 'str':
        return inner;
      case 'd':
        return numberOf(inner, more);
      case 'v':
        return ofElement(this.#vertex(inner), more, this.#graph);
      case 'e':
        return ofElement(this.#edge(inner), more, this.#graph);
      case 'vp':
        return this.#vertexProperty(inner);
      case 'l':
        return this.#all(inner);
      case 's':
        return new GSet(this.#all(inner));
      case 'p':
        return new Path(this.#all(inner), []);
      case 'm':
        return this.#json(JSON.parse(withDecimals(inner)));
      case 't':
        return tokenNamed('T', inner) ?? fail(text);
      case 'D':
        return tokenNamed('Direction', inner) ?? fail(text);
      case 'M':
        return tokenNamed('Merge', inner) ?? fail(text);
      case 'dt':
        return (
          dateTimeOf(/T.*([zZ]|[+-]\d\d:?\d\d)$/.test(inner) || !inner.includes('T') ? inner : `${inner}Z`) ??
          fail(text)
        );
      case 'uuid':
        return new Uuid(inner);
    }
    return fail(text);
  }

  #all(text: string): GValue[] {
    return text === '' ? [] : splitTop(text).map((part) => this.read(part.trim()));
  }

  #json(json: unknown): GValue {
    if (typeof json === 'string') return this.read(json);
    if (typeof json === 'number') return Number.isInteger(json) ? num('int', json) : num('double', json);
    if (Array.isArray(json)) return json.map((item) => this.#json(item));
    if (typeof json !== 'object' || json === null) return json as GValue;
    return new GMap(Object.entries(json).map(([key, value]) => [this.read(key), this.#json(value)]));
  }

  #vertex(name: string) {
    const { model, timeline } = this.#graph;
    const view = timeline.now();
    const reader = model.reader('name');
    for (const node of view.nodes()) if (reader(node, view) === name) return node;
    throw new Unwritable(`no vertex ${name}`);
  }

  /** `marko-knows->vadas` */
  #edge(text: string) {
    const [from, label, to] = triple(text);
    const { model, timeline } = this.#graph;
    const view = timeline.now();
    const target = this.#vertex(to);
    for (const edge of view.out(this.#vertex(from)))
      if (model.label(edge) === label && edge.child === target.id) return edge;
    throw new Unwritable(`no edge ${text}`);
  }

  /** `marko-name->marko` */
  #vertexProperty(text: string): GValue {
    const [name, key, value] = triple(text);
    const { model, timeline } = this.#graph;
    const wanted = showValue(this.read(value));
    for (const property of model.vertexProperties(this.#vertex(name), key, timeline.now()))
      if (showValue(property.value) === wanted) return property;
    throw new Unwritable(`no property ${text}`);
  }
}

const showValue = (value: GValue): string =>
  value instanceof Num ? String(value.value) : typeof value === 'object' ? JSON.stringify(value) : String(value);

function ofElement(element: GValue, more: string | undefined, { model }: Toy): GValue {
  if (more === undefined) return element;
  const id = model.id(element as never);
  if (more === 'id') return id;
  return more === 'sid' ? showValue(id) : fail(more);
}

function numberOf(text: string, suffix: string | undefined): GValue {
  if (text === 'NaN' || text.endsWith('Infinity')) return Number(text);
  const type = numberTypes[suffix ?? ''] ?? fail(`d[${text}].${suffix}`);
  if (type === 'bigdecimal') return new Num(type, text);
  return num(
    type,
    type === 'bigint' || type === 'long' ? BigInt(text) : type === 'float' ? Math.fround(Number(text)) : Number(text),
  );
}

function triple(text: string): [string, string, string] {
  const match = /^(.+)-(.+)->(.+)$/.exec(text);
  return match === null ? fail(text) : [match[1] as string, match[2] as string, match[3] as string];
}

/** JSON knows no difference between 1 and 1.0; the suite does. */
function withDecimals(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|-?\d+\.\d+(?:[eE][+-]?\d+)?/g, (part) =>
    part.startsWith('"') ? part : `"d[${part}].d"`,
  );
}

/** At commas outside of brackets and quotes. */
export function splitTop(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let isQuoted = false;
  let part = '';
  for (const char of text) {
    if (char === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (char === '[' || char === '{')) depth++;
    else if (!isQuoted && (char === ']' || char === '}')) depth--;
    if (char !== ',' || depth > 0 || isQuoted) part += char;
    else {
      parts.push(part);
      part = '';
    }
  }
  return [...parts, part];
}

function fail(text: string): never {
  throw new Unwritable(`not understood: ${text}`);
}
