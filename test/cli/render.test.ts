import fc from 'fast-check';
import { drawCsv } from '../../src/cli/render/csv.ts';
import { drawDot } from '../../src/cli/render/dot.ts';
import { sorted } from '../../src/cli/render/grid.ts';
import { drawMermaid } from '../../src/cli/render/mermaid.ts';
import { drawMistake } from '../../src/cli/render/mistake.ts';
import { cutTo, printable, widthOf } from '../../src/cli/render/printable.ts';
import { drawTable } from '../../src/cli/render/table.ts';
import { Mistake } from '../../src/std/mistake.ts';
import { edge, node } from './replies.ts';

const grid = (titles: string[], ...rows: unknown[][]) => ({ columns: titles.map((title) => ({ title })), rows });

test('a table aligns texts to the left and numbers to the right', () => {
  const table = drawTable(grid(['NAME', 'MTU'], ['lo', 65536], ['eth0', 1500], ['dummy', undefined]), {
    hasHeaders: true,
    width: undefined,
  });
  expect(table).toBe('NAME     MTU\nlo     65536\neth0    1500\ndummy\n');
});

test('a table fits the terminal: the widest column gives way', () => {
  const wide = grid(['NAME', 'ADDRESSES'], ['eth0', '10.0.0.1/24 10.0.0.2/24 10.0.0.3/24']);
  const table = drawTable(wide, { hasHeaders: true, width: 24 });
  expect(table).toBe('NAME  ADDRESSES\neth0  10.0.0.1/24 10.0.…\n');
});

test('wide characters take two columns and combining ones none', () => {
  expect(widthOf('網路')).toBe(4);
  expect(widthOf('e\u0301')).toBe(1);
  expect(cutTo('網路網路', 5)).toBe('網路…');
  const table = drawTable(grid(['A', 'B'], ['網', 'x'], ['ab', 'y']), { hasHeaders: false, width: undefined });
  expect(table).toBe('網  x\nab  y\n');
});

test('what a terminal would obey is shown instead', () => {
  expect(printable('eth\u001b[31m0\n')).toBe('eth\\u{1b}[31m0\\n');
  expect(printable('a\u202eb')).toBe('a\\u{202e}b');
  expect(drawTable(grid(['N'], ['\u001b]0;owned\u0007']), { hasHeaders: false, width: undefined })).not.toContain(
    '\u001b',
  );
});

test('CSV quotes what must be quoted', () => {
  expect(drawCsv(grid(['A', 'B'], ['x,y', 'say "hi"'], ['', -5]), { hasHeaders: true })).toBe(
    'A,B\r\n"x,y","say ""hi"""\r\n,-5\r\n',
  );
});

test('no cell of a CSV starts as a formula', () => {
  const cells = ['=1+1', '+1', '-cmd', '@SUM(A1)', '\tx', "'=1"];
  expect(drawCsv(grid(['A'], ...cells.map((cell) => [cell])), { hasHeaders: false })).toBe(
    "'=1+1\r\n'+1\r\n'-cmd\r\n'@SUM(A1)\r\n'\tx\r\n''=1\r\n",
  );
});

test('every text comes back from CSV as it was', () => {
  const cell = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('=', '"', ',', '\r', '\n', "'", '-', 'a') }));
  const table = fc.integer({ min: 1, max: 4 }).chain((n) => fc.array(fc.array(cell, { minLength: n, maxLength: n })));
  fc.assert(
    fc.property(table, (rows) => {
      const written = drawCsv({ columns: [], rows }, { hasHeaders: false });
      expect(read(written)).toEqual(rows);
    }),
  );
});

test('DOT and Mermaid survive any name', () => {
  const evil = node('a"];\\nb', { Type: '<b>|"x"' });
  expect(drawDot([evil], [])).toBe('digraph skein {\n  "id-a\\"];\\\\nb" [label="a\\"];\\\\nb\\n<b>|\\"x\\""];\n}\n');
  expect(drawMermaid([evil], [])).toBe('flowchart LR\n  n1["a#34;#93;#59;#92;nb (#60;b#62;#124;#34;x#34;)"]\n');
});

test('Mermaid leaves out an edge whose end is not in the answer', () => {
  const [a, b] = [node('a'), node('b')];
  expect(drawMermaid([a], [edge(a, 'ownership', b)])).toBe('flowchart LR\n  n1["a (device)"]\n');
});

test('what has no such key is sorted last, upwards and downwards', () => {
  const items = [3, undefined, 10, 1];
  expect(sorted(items, (item) => item, false)).toEqual([1, 3, 10, undefined]);
  expect(sorted(items, (item) => item, true)).toEqual([10, 3, 1, undefined]);
});

test('a mistake shows the place in its own line of the input', () => {
  const input = 'G.V()\n  .Dedub()';
  const fault = { code: 'x', message: 'no step named "Dedub"', from: 9, to: 14, hint: 'did you mean Dedup?' };
  expect(drawMistake(new Mistake([fault], input))).toBe(
    'skein: no step named "Dedub"\n    .Dedub()\n     ^^^^^ did you mean Dedup?\n',
  );
});

/** RFC 4180 read back, and the apostrophe in front of a formula taken away. */
function read(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (const [, quoted, plain, end] of text.matchAll(pattern)) {
    const cell = quoted?.replaceAll('""', '"') ?? plain ?? '';
    row.push(cell.replace(/^'(?='*[=+\-@\t\r])/, ''));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
