/**
 * JSON lines, one element each, easy to write from anything: `{"kind":"node","id":…,"label":…,"properties":{…}}` and
 * `{"kind":"edge","id":…,"label":…,"from":…,"to":…,"properties":{…}}`. Values are plain JSON, or typed as in GraphSON 3.
 */
import { fromGraphson } from '../../query/gremlin/graphson/value.ts';
import type { GraphWriter, NewProperty } from '../../query/gremlin/property-graph.ts';
import type { GValue } from '../../query/gremlin/value/value.ts';
import { mistake } from '../../std/mistake.ts';
import { atLine } from '../at-line.ts';
import { Loading } from '../loading.ts';
import type { Loaded, Reading } from '../reading.ts';

export class JsonLinesReading implements Reading {
  readonly #loading: Loading;
  #line = 0;

  constructor(writer: GraphWriter) {
    this.#loading = new Loading(writer);
  }

  line(text: string): void {
    this.#line++;
    if (text.trim() === '') return;
    atLine(this.#line, () => this.#element(JSON.parse(text)));
  }

  end(): Generator<undefined, Loaded> {
    return this.#loading.end();
  }

  #element(json: unknown): void {
    if (typeof json !== 'object' || json === null) throw wrong('no element');
    const { kind, id, label, from, to, properties } = json as Readonly<Record<string, unknown>>;
    if (typeof label !== 'string') throw wrong('an element has no label');
    const element = { label, properties: propertiesOf(properties) };
    if (kind === 'node') this.#loading.vertex({ ...element, id: idOf(id, 'id') });
    else if (kind === 'edge') {
      const ends = { from: idOf(from, 'from'), to: idOf(to, 'to') };
      this.#loading.edge({ ...element, ...ends, id: id === undefined ? undefined : idOf(id, 'id') });
    } else throw wrong(`"kind" is "node" or "edge", not ${JSON.stringify(kind)}`);
  }
}

function propertiesOf(json: unknown): NewProperty[] {
  if (json === undefined) return [];
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong('"properties" is no object');
  const properties: NewProperty[] = [];
  // What JSON.parse makes inherits nothing that could be listed.
  for (const key in json) {
    const value = (json as Readonly<Record<string, unknown>>)[key];
    properties.push({ key, value: fromGraphson(value) });
  }
  return properties;
}

function idOf(json: unknown, what: string): GValue {
  if (json === undefined || json === null) throw wrong(`an element has no "${what}"`);
  return fromGraphson(json);
}

function wrong(message: string): Error {
  return mistake('graphfile.json-lines', message);
}
