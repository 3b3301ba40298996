/**
 * A configuration file, YAML or JSON, as a flat list of keys. Keys may be nested or dotted or both, ours and Skydive's
 * side by side. What cannot be a key is a fault with its line.
 */
import { type Document, isAlias, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { Fault } from '../std/mistake.ts';
import { didYouMean } from '../std/nearest.ts';
import { optionByPath, optionList } from './list.ts';
import type { Raw } from './option.ts';
import { isSkydiveSection, skydiveKey, skydiveKeys } from './skydive-keys.ts';

export interface FileEntry {
  /** As written, dotted. */
  readonly path: string;
  readonly value: Raw;
  readonly line: number;
  /** Of the value, half-open. */
  readonly from: number;
  readonly to: number;
}

export interface ReadFile {
  readonly entries: readonly FileEntry[];
  readonly faults: readonly Fault[];
}

/** Characters of a configuration file. */
const textLengthMax = 1024 * 1024;
/** Sections within sections. */
const depthMax = 20;

export function readConfigFile(text: string, name: string): ReadFile {
  if (text.length > textLengthMax) {
    return {
      entries: [],
      faults: [{ code: 'config.too-long', message: `${name} has more than ${textLengthMax} characters` }],
    };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const entries: FileEntry[] = [];
  const faults: Fault[] = document.errors.map(({ message, pos: [from, to] }) => ({
    code: 'config.syntax',
    message: `${name}:${lines.linePos(from).line}: ${message}`,
    from: Math.min(from, text.length),
    // What is missing at the end is said to lie behind it.
    to: Math.min(to, text.length),
  }));
  const say = (code: string, node: Span, message: string, hint?: string) =>
    faults.push({
      code,
      message: `${name}:${lines.linePos(node.from).line}: ${message}`,
      ...node,
      ...(hint && { hint }),
    });

  const visit = (node: unknown, prefix: string, depth: number): void => {
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      const path = prefix + String(isScalar(key) ? key.value : key);
      const at = spanOf(key as Node, 0);
      const whole = (isAlias(value) ? value.resolve(document) : value) as Node | null;
      const isEmpty = whole === null || (isScalar(whole) && whole.value === null);
      if (optionByPath.has(path) || skydiveKey(path)) {
        if (isEmpty) continue;
        const raw = plainValue(value as Node, document);
        if (raw === undefined) say('config.syntax', at, `"${path}" holds too many aliases`);
        else entries.push({ path, value: raw, line: lines.linePos(at.from).line, ...spanOf(value as Node, at.from) });
      } else if (isSection(path)) {
        if (isMap(whole) && depth < depthMax) visit(whole, `${path}.`, depth + 1);
        else if (!isEmpty) say('config.not-a-section', at, `"${path}" is a section: it takes options, not a value`);
      } else {
        say('config.unknown-key', at, `no option named "${path}"`, didYouMean(path, known));
      }
    }
  };
  const root = document.contents;
  if (root !== null && !isMap(root) && faults.length === 0 && !(isScalar(root) && root.value === null)) {
    say('config.not-a-map', spanOf(root, 0), 'a configuration is a map of options, like "listen: 127.0.0.1:8082"');
  }
  visit(root, '', 0);
  return { entries, faults };
}

interface Span {
  readonly from: number;
  readonly to: number;
}

const known = [
  ...optionList.map(({ path }) => path),
  ...new Set(optionList.flatMap(({ path }) => sectionsOf(path))),
  ...skydiveKeys.map(({ key }) => key).filter((key) => !key.endsWith('.*')),
];

/** undefined when aliases of aliases would make it huge: the library counts them. */
function plainValue(node: Node, document: Document): Raw | undefined {
  try {
    return node.toJS(document) as Raw;
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

/** `probes.netns` and `probes`, of `probes.netns.poll`. */
function sectionsOf(path: string): string[] {
  const names = path.split('.');
  return names.slice(1).map((_, i) => names.slice(0, i + 1).join('.'));
}

function isSection(path: string): boolean {
  return optionList.some((entry) => entry.path.startsWith(`${path}.`)) || isSkydiveSection(path);
}

function spanOf(node: Node | null, otherwise: number): Span {
  const [from, to] = node?.range ?? [otherwise, otherwise];
  return { from, to };
}
