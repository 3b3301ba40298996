/** The table of a matrix check: a line of names, then a line for each name with `+`, `-` and `.`. */
import type { Cell } from './suite.ts';

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly Cell[] }[];
}

/** Faults by the line of the text, from 0. */
export interface TableFault {
  readonly line: number;
  readonly message: string;
  readonly hint?: string;
}

/** May stand where rows and columns meet: YAML wants the first line of a block to begin where the others do. */
const corner = 'from/to';

export function parseTable(text: string): { readonly table: Table; readonly faults: readonly TableFault[] } {
  const faults: TableFault[] = [];
  const lines = text
    .split('\n')
    .map((line, index) => ({ line: index, words: line.trim().split(/\s+/).filter(Boolean) }))
    .filter(({ words }) => words.length > 0);
  const [head, ...body] = lines;
  if (head === undefined || body.length === 0) {
    const hint = 'first a line of names (to), then a line for each (from): web + - .';
    return { table: { columns: [], rows: [] }, faults: [{ line: 0, message: 'the table has no rows', hint }] };
  }
  const columns = head.words[0] === corner ? head.words.slice(1) : head.words;
  for (const name of repeated(columns))
    faults.push({ line: head.line, message: `the column "${name}" is there twice` });
  const rows: { name: string; cells: Cell[] }[] = [];
  for (const { line, words } of body) {
    const [name = '', ...cells] = words;
    if (rows.some((row) => row.name === name)) faults.push({ line, message: `the row "${name}" is there twice` });
    if (cells.length !== columns.length) {
      const message = `the row "${name}" has ${cells.length} cells, and there are ${columns.length} columns`;
      faults.push({ line, message });
    }
    for (const cell of new Set(cells.filter((one) => !isCell(one))))
      faults.push({
        line,
        message: `"${cell.slice(0, 20)}" is no cell`,
        hint: '+ gets there, - does not, . is not tried',
      });
    rows.push({ name, cells: cells.map((cell) => (isCell(cell) ? cell : '.')) });
  }
  return { table: { columns, rows }, faults };
}

function isCell(text: string): text is Cell {
  return text === '+' || text === '-' || text === '.';
}

function repeated(names: readonly string[]): Set<string> {
  return new Set(names.filter((name, index) => names.indexOf(name) !== index));
}
