/** Queries as JavaScript: `client.G.V().Has('Name', 'eth0').result()`. */
import { stepNames } from './names.js';
import { withThen } from './thenable.js';

export class GraphElement {}
export class GraphNode extends GraphElement {}
export class GraphEdge extends GraphElement {}
export class Flow {}
export class Metric {}
export class RawPacket {}
export class Socket {}

export class Graph {
  constructor(nodes, edges) {
    this.nodes = nodes || {};
    this.edges = edges || {};
  }
}

/** A query as far as it is written. It is asked by `result()`, or by waiting for it. */
export class Step {
  #query;
  #text;
  #name;

  constructor(query, text = 'G', name = 'G') {
    this.#query = query;
    this.#text = text;
    this.#name = name;
  }

  toString() {
    return this.#text;
  }

  result() {
    return shaped(this.#query(this.#text), this.#name);
  }

  step(name, params) {
    const text = `${this.#text}.${name}(${written(params)})`;
    const next = new Step(this.#query, text, name);
    return withThen(next, () => next.result());
  }
}

for (const name of [...stepNames, 'Subgraph']) {
  const known = name === 'Subgraph' ? 'SubGraph' : name;
  Step.prototype[name] = function (...params) {
    return this.step(known, params);
  };
}

/** `client.G.V()`, and `client.gremlin.G().V()`. */
export function start(query) {
  const fresh = () => new Step(query);
  const G = () => withThen(fresh(), () => fresh().result());
  for (const name of [...stepNames, 'Subgraph', 'result', 'toString'])
    G[name] = (...params) => fresh()[name](...params);
  return G;
}

/** Written as a query has it: Metadata(…), GT(…), DESC. */
class Written {
  #text;
  constructor(text) {
    this.#text = text;
  }
  toString() {
    return this.#text;
  }
}

export function Metadata(...params) {
  return new Written(`Metadata(${written(params)})`);
}

export const words = Object.fromEntries(['FOREVER', 'NOW', 'DESC', 'ASC'].map((word) => [word, new Written(word)]));

const predicateNames = [
  ...['NE', 'NEE', 'LT', 'LTE', 'GT', 'GTE', 'IPV4RANGE', 'REGEX'],
  ...['WITHIN', 'WITHOUT', 'INSIDE', 'OUTSIDE', 'BETWEEN'],
];
const spellings = { Ne: 'NE', Nee: 'NEE', Lt: 'LT', Lte: 'LTE', Gt: 'GT', Gte: 'GTE', Regex: 'REGEX' };
const longer = { Ipv4Range: 'IPV4RANGE', Within: 'WITHIN', Without: 'WITHOUT' };
const between = { Inside: 'INSIDE', Outside: 'OUTSIDE', Between: 'BETWEEN' };

/** By all their names. */
export const predicates = Object.fromEntries(
  [
    ...predicateNames.map((name) => [name, name]),
    ...Object.entries(spellings),
    ...Object.entries(longer),
    ...Object.entries(between),
  ].map(([name, known]) => [name, (...params) => new Written(`${known}(${written(params)})`)]),
);

function written(params) {
  // What a script leaves out at the end was not said.
  let { length } = params;
  while (length > 0 && params[length - 1] === undefined) length--;
  return params.slice(0, length).map(one).join(', ');
}

function one(param) {
  if (typeof param === 'string') return JSON.stringify(param);
  if (typeof param === 'number' || typeof param === 'boolean') return String(param);
  if (param instanceof Written || param instanceof Step) return String(param);
  if (param instanceof RegExp) return `REGEX(${JSON.stringify(param.source)})`;
  if (Array.isArray(param)) return written(param);
  throw new TypeError(`${param === null ? 'null' : typeof param} is nothing that a query can hold`);
}

/** The answer as scripts know it: a graph, or a map of series, without the list of one around it. */
function shaped(data, name) {
  switch (name) {
    case 'G':
    case 'At':
    case 'Context':
    case 'SubGraph':
    case 'Workflow':
      return { Nodes: all(data?.[0]?.Nodes ?? []), Edges: all(data?.[0]?.Edges ?? []) };
    case 'Metrics':
    case 'Aggregates':
      return mapOf(data, Metric);
    case 'RawPackets':
    case 'BPF':
      return mapOf(data, RawPacket);
    case 'Sockets':
      return mapOf(data, Socket);
    default:
      return all(data);
  }
}

/** Elements and flows become instances of their classes; values stay as they are. */
export function all(data) {
  if (!Array.isArray(data)) return data ?? [];
  return data.map((item) => (Array.isArray(item) ? all(item) : classed(item)));
}

function classed(item) {
  if (typeof item !== 'object' || item === null) return item;
  if ('Metadata' in item)
    return Object.setPrototypeOf(item, 'Parent' in item ? GraphEdge.prototype : GraphNode.prototype);
  return 'LayersPath' in item ? Object.setPrototypeOf(item, Flow.prototype) : item;
}

function mapOf(data, Kind) {
  // A sum, or the values of a key, is no map.
  const first = Array.isArray(data) ? data[0] : data;
  if (typeof first !== 'object' || first === null) return Array.isArray(data) ? {} : data;
  const lists = Object.entries(first).map(([id, list]) => [
    id,
    Array.isArray(list) ? list.map((one) => Object.assign(new Kind(), one)) : list,
  ]);
  return Object.fromEntries(lists);
}
