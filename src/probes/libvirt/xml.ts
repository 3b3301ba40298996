/** XML of others as a tree of bounded size. There are no entities but those of XML itself: nothing grows by being read. */
import { SaxesParser } from 'saxes';

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

interface Growing extends Element {
  readonly children: Growing[];
  text: string;
}

const CHARS_MAX = 4 << 20;
const ELEMENTS_MAX = 50_000;
const DEPTH_MAX = 64;
/** Text of one element; names and numbers are shorter. */
const TEXT_CHARS_MAX = 1_024;

/** Undefined for what is no XML, or more than there should be. */
export function readXml(text: string): Element | undefined {
  if (text.length > CHARS_MAX) return undefined;
  const root: Growing = { name: '', attributes: {}, children: [], text: '' };
  const open: Growing[] = [root];
  let count = 0;
  const stop = (why: string | Error) => {
    throw new Error(String(why));
  };
  const parser = new SaxesParser();
  parser.on('error', stop);
  parser.on('doctype', () => stop('a document type'));
  parser.on('opentag', ({ name, attributes }) => {
    if (++count > ELEMENTS_MAX || open.length > DEPTH_MAX) stop('too much');
    const element: Growing = { name, attributes, children: [], text: '' };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  const said = (more: string) => {
    const inner = open.at(-1);
    if (inner) inner.text = (inner.text + more).slice(0, TEXT_CHARS_MAX);
  };
  parser.on('text', said);
  parser.on('cdata', said);
  try {
    parser.write(text).close();
  } catch {
    return undefined;
  }
  return root.children[0];
}

/** The first element there. */
export function elementAt(element: Element | undefined, ...names: readonly string[]): Element | undefined {
  return names.reduce<Element | undefined>(
    (here, name) => here?.children.find((child) => child.name === name),
    element,
  );
}

export function elementsAt(element: Element | undefined, name: string): Element[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** An empty text is none. */
export function textOf(element: Element | undefined): string | undefined {
  return element?.text.trim() || undefined;
}

export function attributeOf(element: Element | undefined, name: string): string | undefined {
  const value = element && Object.hasOwn(element.attributes, name) ? element.attributes[name] : undefined;
  return value === undefined || value === '' || value.length > TEXT_CHARS_MAX ? undefined : value;
}
