/**
 * Reads TOML 1.0 (toml.io). Dates and times stay text. Tables are made as they are named: that a table may not be
 * named twice is for those who write the file, not for us.
 */
export type TomlValue = string | number | boolean | TomlValue[] | TomlTable;
export type TomlTable = { [key: string]: TomlValue };

/** Throws an Error that names the line. */
export function parseToml(text: string): TomlTable {
  return new Reader(text).document();
}

/** Arrays and inline tables inside one another: more is nobody's configuration. */
const DEPTH_MAX = 100;

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): TomlTable {
    const root: TomlTable = {};
    let table = root;
    for (this.#blank(); this.#at < this.#text.length; this.#blank()) {
      if (this.#take('[[')) {
        const keys = this.#keys();
        this.#expect(']]');
        table = this.#append(this.#descend(root, keys.slice(0, -1)), keys.at(-1) ?? '');
      } else if (this.#take('[')) {
        table = this.#descend(root, this.#keys());
        this.#expect(']');
      } else {
        this.#pair(table);
      }
      this.#match(/[ \t]*(#[^\n]*)?/y);
      if (this.#at < this.#text.length && !this.#match(/\r?\n/y)) this.#fail('the end of the line');
    }
    return root;
  }

  #pair(table: TomlTable): void {
    const keys = this.#keys();
    this.#expect('=');
    put(this.#descend(table, keys.slice(0, -1)), keys.at(-1) ?? '', this.#value());
  }

  #keys(): string[] {
    const keys: string[] = [];
    do {
      this.#space();
      keys.push(this.#match(/[\w-]+/y) ?? this.#string() ?? this.#fail('a key'));
      this.#space();
    } while (this.#take('.'));
    return keys;
  }

  #value(): TomlValue {
    this.#space();
    if (this.#take('[')) return this.#nested(() => this.#array());
    if (this.#take('{')) return this.#nested(() => this.#inlineTable());
    const string = this.#string();
    if (string !== undefined) return string;
    const time = this.#match(
      /\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?)?|\d\d:\d\d(:\d\d(\.\d+)?)?/y,
    );
    if (time !== undefined) return time;
    const word = this.#match(/[\w.+-]+/y) ?? this.#fail('a value');
    if (word === 'true' || word === 'false') return word === 'true';
    const number = Number(word.replaceAll('_', '').replace(/^\+/, '').replace('inf', 'Infinity'));
    if (Number.isNaN(number) && !/^[+-]?nan$/.test(word)) this.#fail(`a value instead of ${word}`);
    return number;
  }

  #array(): TomlValue[] {
    const items: TomlValue[] = [];
    for (this.#blank(); !this.#take(']'); this.#blank()) {
      items.push(this.#value());
      this.#blank();
      if (this.#take(',')) continue;
      this.#expect(']');
      break;
    }
    return items;
  }

  #inlineTable(): TomlTable {
    const table: TomlTable = {};
    for (this.#blank(); !this.#take('}'); this.#blank()) {
      this.#pair(table);
      this.#blank();
      if (this.#take(',')) continue;
      this.#expect('}');
      break;
    }
    return table;
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > DEPTH_MAX) this.#fail(`no more than ${DEPTH_MAX} levels`);
    const value = read();
    this.#depth--;
    return value;
  }

  #string(): string | undefined {
    const long = this.#match(/'''[\s\S]*?'''(?!')|"""(?:\\[\s\S]|[^\\])*?"""(?!")/y);
    if (long !== undefined) {
      const inner = long.slice(3, -3).replace(/^\r?\n/, '');
      return long.startsWith("'") ? inner : unescaped(inner.replace(/\\[ \t]*\r?\n\s*/g, ''));
    }
    const short = this.#match(/'[^'\n]*'|"(?:\\.|[^"\\\n])*"/y);
    if (short === undefined) return undefined;
    return short.startsWith("'") ? short.slice(1, -1) : unescaped(short.slice(1, -1));
  }

  #descend(from: TomlTable, keys: readonly string[]): TomlTable {
    let table = from;
    for (const key of keys) {
      const found = Object.hasOwn(table, key) ? table[key] : put(table, key, {});
      // In `[[fruit]] … [fruit.size]` the newest fruit is meant.
      const next = Array.isArray(found) ? found.at(-1) : found;
      if (typeof next !== 'object' || Array.isArray(next)) this.#fail(`${key} to be a table`);
      table = next;
    }
    return table;
  }

  #append(table: TomlTable, key: string): TomlTable {
    const list = Object.hasOwn(table, key) ? table[key] : put(table, key, []);
    if (!Array.isArray(list)) this.#fail(`${key} to be a list`);
    const item: TomlTable = {};
    list.push(item);
    return item;
  }

  #blank(): void {
    this.#match(/(?:[ \t\r\n]|#[^\n]*)*/y);
  }

  #space(): void {
    this.#match(/[ \t]*/y);
  }

  #take(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #expect(token: string): void {
    this.#space();
    if (!this.#take(token)) this.#fail(token);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #fail(expected: string): never {
    throw new Error(`line ${this.#text.slice(0, this.#at).split('\n').length}: expected ${expected}`);
  }
}

// Plain assignment of __proto__ would not make a key.
function put<T extends TomlValue>(table: TomlTable, key: string, value: T): T {
  Object.defineProperty(table, key, { value, enumerable: true, writable: true, configurable: true });
  return value;
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', '"': '"', '\\': '\\' };

function unescaped(text: string): string {
  return text.replace(
    /\\(?:u([\da-fA-F]{4})|U([\da-fA-F]{8})|([\s\S]))/g,
    (all, short?: string, long?: string, letter?: string) => {
      if (letter !== undefined) return ESCAPES[letter] ?? all;
      const code = Number.parseInt(short ?? long ?? '', 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    },
  );
}
