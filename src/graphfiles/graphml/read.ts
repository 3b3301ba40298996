/**
 * GraphML (graphml.graphdrawing.org) as TinkerPop writes it: labels are data under `labelV` and `labelE`, types those of
 * `attr.type`. An id that looks like an int is one.
 */
import { type SaxesAttributePlain, SaxesParser, type SaxesTagPlain } from 'saxes';
import type { GraphWriter, NewProperty } from '../../query/gremlin/property-graph.ts';
import { int, long, num } from '../../query/gremlin/value/num.ts';
import type { GValue } from '../../query/gremlin/value/value.ts';
import { Mistake, mistake } from '../../std/mistake.ts';
import { detached } from '../detached.ts';
import { Loading } from '../loading.ts';
import { endedInTurns, type Loaded } from '../reading.ts';

/** The text of one value. */
const TEXT_LENGTH_MAX = 16 * 2 ** 20;
const KEYS_MAX = 10_000;
const DEPTH_MAX = 64;

/** Throws a Mistake that names the line for what is no GraphML. */
export async function readGraphml(
  chunks: AsyncIterable<string>,
  writer: GraphWriter,
  turn: () => Promise<void>,
): Promise<Loaded> {
  const reading = new GraphmlReading(writer);
  for await (const chunk of chunks) {
    reading.write(chunk);
    await turn();
  }
  return endedInTurns(reading.end(), turn);
}

interface Key {
  readonly name: string;
  readonly type: string;
  readonly usual: string | undefined;
}

interface Open {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Of a node or an edge. */
  readonly data: Map<string, string>;
}

class GraphmlReading {
  readonly #parser = new SaxesParser();
  readonly #loading: Loading;
  readonly #keys = new Map<string, Key>();
  readonly #open: Open[] = [];
  #text = '';
  #lastTagAt = 0;

  constructor(writer: GraphWriter) {
    this.#loading = new Loading(writer);
    this.#parser.on('error', (error) => {
      throw mistake('graphfile.xml', error.message);
    });
    this.#parser.on('opentag', (tag) => this.#opened(tag));
    this.#parser.on('closetag', () => this.#closed());
    this.#parser.on('text', (text) => this.#said(text));
    this.#parser.on('cdata', (text) => this.#said(text));
  }

  write(chunk: string): void {
    this.#located(() => this.#parser.write(chunk));
    if (this.#parser.position - this.#lastTagAt > TEXT_LENGTH_MAX)
      throw this.#wrong(`a text is longer than ${TEXT_LENGTH_MAX} characters`);
  }

  end(): Generator<undefined, Loaded> {
    this.#located(() => this.#parser.close());
    return this.#loading.end();
  }

  #opened({ name, attributes }: SaxesTagPlain): void {
    this.#lastTagAt = this.#parser.position;
    if (this.#open.length >= DEPTH_MAX) throw this.#wrong(`elements are nested deeper than ${DEPTH_MAX}`);
    if (this.#open.length === 0 && name !== 'graphml')
      throw this.#wrong(`this begins with <${name}>, not with <graphml>`);
    if (name === 'hyperedge' || name === 'port') throw this.#wrong(`a <${name}> has no place in a property graph`);
    this.#text = '';
    this.#open.push({ tag: name, attributes: plain(attributes), data: new Map() });
  }

  #said(text: string): void {
    if (this.#text.length + text.length > TEXT_LENGTH_MAX)
      throw this.#wrong(`a text is longer than ${TEXT_LENGTH_MAX} characters`);
    this.#text += text;
  }

  #closed(): void {
    this.#lastTagAt = this.#parser.position;
    const { tag, attributes, data } = this.#open.pop() as Open;
    const around = this.#open.at(-1);
    if (tag === 'data') around?.data.set(this.#attribute(attributes, 'key'), this.#text);
    else if (tag === 'default') around?.data.set('', this.#text);
    else if (tag === 'key') this.#key(attributes, data.get(''));
    else if (tag === 'node')
      this.#loading.vertex({
        id: idOf(this.#attribute(attributes, 'id')),
        ...this.#described('node', 'labelV', 'vertex', data),
      });
    else if (tag === 'edge')
      this.#loading.edge({
        id: attributes.id === undefined ? undefined : idOf(attributes.id),
        from: idOf(this.#attribute(attributes, 'source')),
        to: idOf(this.#attribute(attributes, 'target')),
        ...this.#described('edge', 'labelE', 'edge', data),
      });
    this.#text = '';
  }

  #key(attributes: Open['attributes'], usual: string | undefined): void {
    if (this.#keys.size >= KEYS_MAX) throw this.#wrong(`there are more than ${KEYS_MAX} keys`);
    const id = this.#attribute(attributes, 'id');
    const key = { name: detached(attributes['attr.name'] ?? id), type: attributes['attr.type'] ?? 'string', usual };
    for (const domain of attributes.for === 'node' || attributes.for === 'edge' ? [attributes.for] : ['node', 'edge'])
      this.#keys.set(`${domain} ${id}`, key);
  }

  #described(domain: 'node' | 'edge', labelKey: string, usualLabel: string, data: ReadonlyMap<string, string>) {
    const properties: NewProperty[] = [];
    let label = usualLabel;
    for (const [id, text] of data) {
      const { name, type } = this.#keys.get(`${domain} ${id}`) ?? { name: id, type: 'string' };
      if (name === labelKey) label = text;
      else properties.push({ key: name, value: this.#value(type, text) });
    }
    for (const [of, { name, type, usual }] of this.#keys)
      if (
        usual !== undefined &&
        of.startsWith(`${domain} `) &&
        !data.has(of.slice(domain.length + 1)) &&
        name !== labelKey
      )
        properties.push({ key: name, value: this.#value(type, usual) });
    return { label: detached(label), properties };
  }

  #value(type: string, text: string): GValue {
    const trimmed = text.trim();
    switch (type) {
      case 'boolean':
        return trimmed === 'true' || trimmed === '1';
      case 'int':
        if (INT.test(trimmed) && Math.abs(Number(trimmed)) < 2 ** 31) return int(Number(trimmed));
        break;
      case 'long':
        if (INT.test(trimmed) && BigInt.asIntN(64, BigInt(trimmed)) === BigInt(trimmed)) return long(BigInt(trimmed));
        break;
      case 'float':
      case 'double':
        if (REAL.test(trimmed)) return num(type, Number(trimmed));
        break;
      default:
        return detached(text);
    }
    throw this.#wrong(`${JSON.stringify(text)} is no ${type}`);
  }

  #attribute(attributes: Open['attributes'], name: string): string {
    const value = attributes[name];
    if (value === undefined) throw this.#wrong(`an element has no ${name}`);
    return value;
  }

  #wrong(message: string): Mistake {
    return mistake('graphfile.graphml', `line ${this.#parser.line}: ${message}`);
  }

  /** The graph's own refusals say where they came up as well. */
  #located(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof Mistake) || /^(line )?\d+:/.test(error.message)) throw error;
      throw this.#wrong(error.message);
    }
  }
}

function plain(attributes: Readonly<Record<string, string | SaxesAttributePlain>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, typeof value === 'string' ? value : value.value]),
  );
}

function idOf(text: string): GValue {
  return /^(0|-?[1-9]\d{0,8})$/.test(text) ? Number(text) : detached(text);
}

const INT = /^[+-]?\d{1,19}$/;
const REAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?$|^NaN$|^-?Infinity$/;
