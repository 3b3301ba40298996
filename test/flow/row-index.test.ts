import fc from 'fast-check';
import { RowIndex } from '../../src/flow/row-index.ts';
import { RowList } from '../../src/flow/row-list.ts';
import { Slab } from '../../src/flow/slab.ts';

// Few different hashes, so that they collide and wrap round at the end of the table.
const hashes = fc.constantFrom(0, 1, 2, 1023, 1022, 1024, 2047, 4_294_967_295);

test.each([4, 1024])('an index of %d slots at first finds what a Map would, whatever comes and goes', (slots) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), hashes, fc.nat(40)), { maxLength: 200 }), (steps) => {
      const rows = new Slab(4);
      const index = new RowIndex(rows, 2, slots);
      const model = new Map<string, number>();
      for (const [isAdded, low, high] of steps) {
        const name = `${high}:${low}`;
        const row = model.get(name);
        if (isAdded && row === undefined) {
          const made = rows.allocate();
          rows.set(made, 2, low);
          rows.set(made, 3, high);
          index.add(made);
          model.set(name, made);
        } else if (!isAdded && row !== undefined) {
          index.remove(row);
          rows.free(row);
          model.delete(name);
        }
      }
      for (const low of [0, 1, 2, 1023, 1022, 1024, 2047, 4_294_967_295]) {
        for (let high = 0; high <= 40; high++) expect(index.find(high, low)).toBe(model.get(`${high}:${low}`) ?? 0);
      }
    }),
    { numRuns: 60 },
  );
});

test('while an index grows, what it has is found, taken out and replaced', () => {
  const rows = new Slab(4);
  const index = new RowIndex(rows, 2, 256);
  const model = new Map<number, number>();
  const made = (low: number) => {
    const row = rows.allocate();
    rows.set(row, 2, low);
    return row;
  };
  // Hashes that lie close together, and those that wrap round.
  for (let i = 0; i < 4000; i++) {
    const low = i % 3 === 0 ? (0xffff_ffff - i) >>> 0 : Math.imul(i >> 2, 0x9e3779b1) >>> 0;
    if (!model.has(low)) {
      const row = made(low);
      index.add(row);
      model.set(low, row);
    }
    const some = [...model.keys()][(i * 7919) % model.size] as number;
    if (i % 4 === 1) {
      index.remove(model.get(some) as number);
      rows.free(model.get(some) as number);
      model.delete(some);
    } else if (i % 4 === 2) {
      const by = made(some);
      index.replace(model.get(some) as number, by);
      rows.free(model.get(some) as number);
      model.set(some, by);
    }
    if (i % 50 === 0) expect([...model].filter(([each, row]) => index.find(0, each) !== row)).toEqual([]);
  }
  expect([...model].filter(([low, row]) => index.find(0, low) !== row)).toEqual([]);
  for (const row of model.values()) index.remove(row);
  expect([...model.keys()].filter((low) => index.find(0, low) !== 0)).toEqual([]);
});

test('an index grows with what is in it, and stays as large when rows come and go', () => {
  const rows = new Slab(4);
  const index = new RowIndex(rows, 2);
  const all = Array.from({ length: 10_000 }, (_, i) => {
    const row = rows.allocate();
    rows.set(row, 2, Math.imul(i, 0x9e3779b1));
    rows.set(row, 3, i);
    index.add(row);
    return row;
  });
  const { sizeBytes } = index;
  expect(sizeBytes).toBe(16_384 * 4);
  for (let i = 0; i < 50_000; i++) {
    const row = all[i % all.length] as number;
    index.remove(row);
    index.add(row);
  }
  expect(index.sizeBytes).toBe(sizeBytes);
  for (const [i, row] of all.entries()) expect(index.find(i, Math.imul(i, 0x9e3779b1) >>> 0)).toBe(row);
});

test('a list keeps its order, whatever is taken out of it', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(20), { nil: undefined }), { maxLength: 60 }), (steps) => {
      const rows = new Slab(2);
      const list = new RowList(rows, 0);
      const model: number[] = [];
      for (const step of steps) {
        if (step === undefined || model.length === 0) {
          const row = rows.allocate();
          list.append(row);
          model.push(row);
        } else {
          const [row] = model.splice(step % model.length, 1) as [number];
          list.remove(row);
          rows.free(row);
        }
      }
      const found: number[] = [];
      for (let row = list.first; row !== 0; row = list.after(row)) found.push(row);
      expect(found).toEqual(model);
      expect([list.size, list.last]).toEqual([model.length, model.at(-1) ?? 0]);
      expect(rows.used).toBe(model.length);
    }),
  );
});

test('memory that was given back is given again, as zeros', () => {
  const slab = new Slab(4);
  const first = Array.from({ length: 5000 }, () => slab.allocate());
  for (const at of first) slab.set(at, 3, 7);
  const { sizeBytes } = slab;
  for (const at of first) slab.free(at);
  const again = Array.from({ length: 5000 }, () => slab.allocate());
  expect(new Set(again).size).toBe(5000);
  expect(again.every((at) => [0, 1, 2, 3].every((word) => slab.get(at, word) === 0))).toBe(true);
  expect(slab.sizeBytes).toBe(sizeBytes);
});
