/** What repeats among the records of a batch is said once: addresses, paths of layers, places, names of counters. */
import { RECORDS_MAX } from './bounds.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

export class NamesWritten {
  readonly #positions = new Map<string, number>();
  /** What was asked for last in each place: it is mostly the same from record to record, and comparing is quicker. */
  readonly #last: string[] = [];
  readonly #lastPositions: number[] = [];

  /** From 1; 0 is ''. */
  of(name: string): number {
    if (name === '') return 0;
    const known = this.#positions.get(name);
    if (known !== undefined) return known;
    const position = this.#positions.size + 1;
    this.#positions.set(name, position);
    return position;
  }

  /** The same, where the name in this place (a small number) seldom changes. */
  same(name: string, place: number): number {
    if (this.#last[place] === name) return this.#lastPositions[place] as number;
    const position = this.of(name);
    while (this.#last.length < place) {
      this.#last.push('');
      this.#lastPositions.push(0);
    }
    this.#last[place] = name;
    this.#lastPositions[place] = position;
    return position;
  }

  write(to: Writer, field: number): void {
    const start = to.begin(field, 4);
    for (const name of this.#positions.keys()) to.text(1, name);
    to.end(start, 4);
  }
}

export class NamesRead {
  readonly #names: string[] = [''];

  /** Of the message that `from` stands in, which is read to its end; then `from` stands there no more. */
  static ahead(from: Reader, field: number): NamesRead {
    const names = new NamesRead();
    for (let next = from.field(); next !== 0; next = from.field()) {
      if (next === field) names.#read(from);
      else from.skip();
    }
    return names;
  }

  at(from: Reader): string {
    return this.named(from.uint(), from);
  }

  named(position: number, from: Reader): string {
    const name = this.#names[position];
    if (name === undefined) throw from.fault('position of no name');
    return name;
  }

  #read(from: Reader): void {
    const end = from.enter();
    for (let field = from.field(); field !== 0; field = from.field()) {
      if (field !== 1) from.skip();
      else if (this.#names.length > RECORDS_MAX * 4) throw from.fault('more names than a batch may have');
      else this.#names.push(from.text());
    }
    from.leave(end);
  }
}
