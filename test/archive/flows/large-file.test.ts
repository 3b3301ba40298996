import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../../src/archive/embedded/database.ts';
import { flowSchema } from '../../../src/archive/embedded/flows/schema.ts';

test('a file of flows that is too large to be read through is opened again', () => {
  const directory = mkdtempSync(join(tmpdir(), 'skein-large-'));
  try {
    const file = join(directory, 'flows.db');
    const options = { schema: flowSchema, maxBytes: 2 ** 30, keepAside: undefined };
    const first = openDatabase(file, options);
    // Ids have all 64 bits.
    first.db.exec(`insert into flows (uuid, tracking, start, last, class, node, capture, layers, application, details)
      values (-1564316748418306737, 9182736455463728190, 1, 2, 0, 1, 1, 1, 1, zeroblob(${65 * 2 ** 20}))`);
    first.db.close();
    expect(statSync(file).size).toBeGreaterThan(64 * 2 ** 20);
    const again = openDatabase(file, options);
    expect(again.notes).toEqual([]);
    expect(again.db.prepare('select count(*) as n from flows').get()).toEqual({ n: 1 });
    again.db.close();
  } finally {
    rmSync(directory, { recursive: true });
  }
});
