/** Links written in one line, as Skydive's configuration has them: `A[k=v] -> [k=v] B`, `A --> *[Type=host]/eth0`. */
import type { Metadata } from '../../graph/element.ts';

/** One end of a link. */
export type End =
  /** A node of the file: by its name, or the name of what holds it and its own. */
  | { readonly path: readonly string[]; readonly metadata: Metadata }
  /** Nodes that others know, by what is said of them; or what they hold, by names. */
  | { readonly select: Metadata; readonly below: readonly string[] };

export interface Link {
  readonly from: End;
  readonly to: End;
  readonly metadata: Metadata;
  /** The first holds the second. */
  readonly holds: boolean;
}

/** What is wrong, and how many characters into the text. */
export class LineFault extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** Throws a LineFault. */
export function parseLine(text: string): Link {
  const reader = new Reader(text);
  const from = reader.end();
  const arrow = reader.take(/-->|->/y);
  if (arrow === undefined) throw reader.fault('expected --> (a link), or -> (a link to what it holds)');
  const metadata = reader.pairs() ?? {};
  const to = reader.end();
  reader.finish();
  return { from, to, metadata, holds: arrow === '->' };
}

/** One end alone. Throws a LineFault. */
export function parseEnd(text: string): End {
  const reader = new Reader(text);
  const end = reader.end();
  reader.finish();
  return end;
}

/** Either may stand in quotes. */
function bare(text: string): string {
  return text.trim().replace(/^"+|"+$/g, '');
}

/** Names end where something else begins; `-` is in many of them. */
const NAME = /(?:(?!-->|->)[^\s[\]/,=*])+/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  take(pattern: RegExp): string | undefined {
    this.#skip();
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  end(): End {
    if (this.take(/\*/y) === undefined) {
      const path = [this.#name('a name, or *[KEY=VALUE]')];
      while (this.take(/\//y) !== undefined) path.push(this.#name('a name after /'));
      return { path, metadata: this.pairs() ?? {} };
    }
    const select = this.pairs();
    if (!select || Object.keys(select).length === 0)
      throw this.fault('expected [KEY=VALUE] behind *: which nodes are meant');
    const below: string[] = [];
    while (this.take(/\//y) !== undefined) below.push(this.#name('a name after /'));
    return { select, below };
  }

  /** `[a=1, b=x y]`; undefined when there are none. */
  pairs(): Metadata | undefined {
    if (this.take(/\[/y) === undefined) return undefined;
    const pairs: Record<string, string> = {};
    if (this.take(/\]/y) !== undefined) return pairs;
    for (;;) {
      const key = bare(this.#name('KEY=VALUE'));
      if (this.take(/=/y) === undefined) throw this.fault(`expected = behind ${key}`);
      // A value may hold spaces and dots, and is text.
      pairs[key] = bare(this.take(/[^,\]]*/y) ?? '');
      if (this.take(/\]/y) !== undefined) return pairs;
      if (this.take(/,/y) === undefined) throw this.fault('expected , or ]');
    }
  }

  finish(): void {
    this.#skip();
    if (this.#at < this.#text.length) throw this.fault('expected the end of the line');
  }

  fault(message: string): LineFault {
    this.#skip();
    return new LineFault(message, this.#at);
  }

  #name(expected: string): string {
    const name = this.take(NAME);
    if (name === undefined) throw this.fault(`expected ${expected}`);
    return name;
  }

  #skip(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }
}
