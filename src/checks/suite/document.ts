/**
 * YAML (1.2, core schema) to plain values, with the place of each. Whatever the text, it gives values or faults: aliases
 * are counted as often as they are used, so that a few lines of them cannot become gigabytes.
 */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
} from 'yaml';
import type { FaultList } from './faults.ts';
import { suiteLimits } from './limits.ts';
import type { Json, Position } from './suite.ts';

export type Path = readonly (string | number)[];

/** A value with the places of all that is in it. */
export interface Placed {
  readonly value: Json;
  /** Of the value itself; where there is none, of the nearest thing around it. */
  readonly positionOf: (path: Path) => Position;
  /** Of a key of a map. */
  readonly keyPositionOf: (path: Path) => Position;
  /** Of a character of a text that stands there: right for texts of one line. */
  readonly positionIn: (path: Path, offset: number) => Position;
  /** Of a line, from 0, of a text of several (`|`). */
  readonly positionOfLine: (path: Path, line: number) => Position;
}

export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

/** One for each document that is not empty. */
export function documentsIn({ file, text }: SourceFile, faults: FaultList): Placed[] {
  const start: Position = { file, line: 1, column: 1 };
  if (text.length > suiteLimits.fileChars) {
    const message = `the file has ${text.length} characters, more than ${suiteLimits.fileChars} (fileChars)`;
    faults.add('limit', start, message, 'make several files of it');
    return [];
  }
  const lines = new LineCounter();
  const documents = parsed(text, lines, start, faults);
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const placed: Placed[] = [];
  for (const document of documents) {
    const syntax = document.errors.filter(({ code }) => code !== 'DUPLICATE_KEY');
    for (const { pos, code } of document.errors)
      if (code === 'DUPLICATE_KEY')
        faults.add('yaml', at(pos[0]), 'this key is there already', 'leave one of them away');
    // What follows the first is mostly a consequence of it.
    for (const { pos, message } of syntax.slice(0, 1))
      if (/call stack/.test(message)) faults.add('limit', at(pos[0]), tooDeep);
      else faults.add('yaml', at(pos[0]), `this is no YAML: ${message}`, blockHint(text, pos[0]));
    if (syntax.length > 0 || document.contents === null) continue;
    if (isScalar(document.contents) && document.contents.value === null) continue;
    const one = new Reading(at, text, faults).placed(document.contents as Node);
    if (one !== undefined) placed.push(one);
  }
  if (placed.length === 0 && faults.length === 0)
    faults.add('empty', start, 'there is nothing in it', 'skein check init shows how one begins');
  return placed;
}

function parsed(text: string, lineCounter: LineCounter, start: Position, faults: FaultList): readonly Document[] {
  try {
    const documents = parseAllDocuments(text, { lineCounter, prettyErrors: false, logLevel: 'silent' });
    return Array.isArray(documents) ? documents : [];
  } catch (error) {
    // The parser descends by calling itself: a text of thousands of brackets ends its stack.
    if (!(error instanceof RangeError)) throw error;
    faults.add('limit', start, tooDeep);
    return [];
  }
}

/** A table with an empty corner begins further to the right than its rows, which YAML does not have. */
function blockHint(text: string, at: number): string | undefined {
  const before = text
    .slice(Math.max(0, at - 2000), at)
    .split('\n')
    .slice(-3);
  if (!before.some((line) => /:\s*[|>][-+]?\s*$/.test(line))) return undefined;
  return 'the first line of a block says how far all are indented: write from/to into the corner of a table, or table: |2';
}

const tooDeep = `it is nested deeper than ${suiteLimits.depth} (depth)`;

interface Spot {
  readonly value: Json;
  readonly node: Node;
  readonly key?: Node;
  readonly below?: ReadonlyMap<string | number, Spot>;
}

class Reading {
  readonly #at: (offset: number) => Position;
  readonly #text: string;
  readonly #faults: FaultList;
  readonly #anchors = new Map<string, Node>();
  #left: number = suiteLimits.values;
  #isTooMuch = false;
  #split: readonly string[] | undefined;

  constructor(at: (offset: number) => Position, text: string, faults: FaultList) {
    this.#at = at;
    this.#text = text;
    this.#faults = faults;
  }

  placed(contents: Node): Placed | undefined {
    const root = this.#spot(contents, undefined, 0);
    if (root === undefined || this.#isTooMuch) return undefined;
    const spotAt = (path: Path) => {
      let spot = root;
      for (const step of path) {
        const next = spot.below?.get(step);
        if (next === undefined) return { spot, isWhole: false };
        spot = next;
      }
      return { spot, isWhole: true };
    };
    const positionOf = (path: Path) => this.#positionOf(spotAt(path).spot.node);
    return {
      value: root.value,
      positionOf,
      keyPositionOf: (path) => {
        const { spot, isWhole } = spotAt(path);
        return this.#positionOf(isWhole ? (spot.key ?? spot.node) : spot.node);
      },
      positionIn: (path, offset) => {
        const { node } = spotAt(path).spot;
        const from = node.range?.[0];
        const isQuoted = from !== undefined && /["']/.test(this.#text[from] ?? '');
        const isBlock = from !== undefined && /[|>]/.test(this.#text[from] ?? '');
        if (from === undefined || isBlock) return positionOf(path);
        return this.#at(from + offset + (isQuoted ? 1 : 0));
      },
      positionOfLine: (path, line) => {
        const position = positionOf(path);
        const { range } = spotAt(path).spot.node;
        const isBlock = range && /[|>]/.test(this.#text[range[0]] ?? '');
        if (!isBlock) return position;
        const row = position.line + 1 + line;
        const text = this.#lines()[row - 1] ?? '';
        return { ...position, line: row, column: text.length - text.trimStart().length + 1 };
      },
    };
  }

  #lines(): readonly string[] {
    this.#split ??= this.#text.split('\n');
    return this.#split;
  }

  #positionOf(node: Node): Position {
    return this.#at(node.range?.[0] ?? 0);
  }

  #spot(node: Node | null, key: Node | undefined, depth: number): Spot | undefined {
    if (this.#isTooMuch || node === null) return node === null && key ? { value: null, node: key, key } : undefined;
    this.#left--;
    if (depth > suiteLimits.depth) return this.#tooMuch(node, tooDeep);
    if (this.#left < 0)
      return this.#tooMuch(node, `it has more than ${suiteLimits.values} values, aliases counted at each use (values)`);
    const anchor = isAlias(node) ? undefined : (node as { anchor?: string }).anchor;
    const around = key ? { key } : {};
    if (isAlias(node)) return this.#aliased(node, key, depth);
    let spot: Spot | undefined;
    if (isScalar(node)) spot = { value: scalarOf(node.value), node, ...around };
    else if (isSeq(node)) spot = this.#listed(node.items as (Node | null)[], node, around, depth);
    else if (isMap(node)) spot = this.#mapped(node, around, depth);
    // Only now: an alias within what it names would go round for ever.
    if (anchor !== undefined) this.#anchors.set(anchor, node);
    return spot;
  }

  #tooMuch(node: Node, message: string): undefined {
    this.#isTooMuch = true;
    this.#faults.add('limit', this.#positionOf(node), message);
  }

  #aliased(node: Alias, key: Node | undefined, depth: number): Spot | undefined {
    const source = this.#anchors.get(node.source);
    if (source === undefined) {
      this.#faults.add('yaml', this.#positionOf(node), `nothing before it is named &${node.source}`);
      return undefined;
    }
    return this.#spot(source, key, depth + 1);
  }

  #listed(items: readonly (Node | null)[], node: Node, around: { key?: Node }, depth: number): Spot {
    const below = new Map<string | number, Spot>();
    const value: Json[] = [];
    for (const [index, item] of items.entries()) {
      const spot = this.#spot(item, undefined, depth + 1) ?? { value: null, node };
      below.set(index, spot);
      value.push(spot.value);
    }
    return { value, node, below, ...around };
  }

  #mapped(
    node: Node & { items: readonly { key: unknown; value: unknown }[] },
    around: { key?: Node },
    depth: number,
  ): Spot {
    const below = new Map<string | number, Spot>();
    const merged: Spot[] = [];
    for (const { key, value } of node.items) {
      const keyNode = key as Node;
      const name = isScalar(keyNode) ? String(keyNode.value) : undefined;
      if (name === undefined) {
        this.#faults.add('yaml', this.#positionOf(keyNode ?? node), 'a key is a word here, not a map or a list');
        continue;
      }
      const spot = this.#spot(value as Node | null, keyNode, depth + 1);
      if (name === '<<') spot && merged.push(spot);
      else if (spot) below.set(name, spot);
    }
    // What stands in the map itself counts more than what is merged into it.
    for (const spot of merged.flatMap((one) => (Array.isArray(one.value) ? [...(one.below?.values() ?? [])] : [one])))
      for (const [name, one] of spot.below ?? []) if (!below.has(name)) below.set(name, one);
    return { value: objectOf(below), node, below, ...around };
  }
}

/** `__proto__` is a key like any other. */
function objectOf(below: ReadonlyMap<string | number, Spot>): Json {
  return Object.fromEntries([...below].map(([name, { value }]) => [name, value]));
}

function scalarOf(value: unknown): Json {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return String(value);
  return value === null || value === undefined ? null : String(value);
}
