/** What repeats among the flows of a batch is said once: addresses, paths of layers, places. */
import { RECORDS_MAX } from './bounds.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

export class NamesWritten {
  readonly #positions = new Map<string, number>();

  /** From 1; 0 is ''. */
  of(name: string): number {
    if (name === '') return 0;
    const known = this.#positions.get(name);
    if (known !== undefined) return known;
    const position = this.#positions.size + 1;
    this.#positions.set(name, position);
    return position;
  }

  write(to: Writer, field: number): void {
    const start = to.begin(field);
    for (const name of this.#positions.keys()) to.text(1, name);
    to.end(start);
  }
}

export class NamesRead {
  readonly #names: string[] = [''];

  read(from: Reader): void {
    const end = from.enter();
    for (let field = from.field(); field !== 0; field = from.field()) {
      if (field !== 1) from.skip();
      else if (this.#names.length > RECORDS_MAX * 4) throw from.fault('more names than a batch may have');
      else this.#names.push(from.text());
    }
    from.leave(end);
  }

  at(from: Reader): string {
    const name = this.#names[from.uint()];
    if (name === undefined) throw from.fault('position of no name');
    return name;
  }
}
