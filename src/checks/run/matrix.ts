/** `matrix`: who reaches whom, as a table. */
import { Mistake, mistake } from '../../std/mistake.ts';
import { Unavailable } from '../../std/unavailable.ts';
import type { MatrixCell, ReachCode } from '../result.ts';
import type { Check, Endpoint, MatrixCheck } from '../suite/suite.ts';
import type { Attempt } from './attempt.ts';
import { endsOf, startOf } from './ends.ts';
import type { Moment } from './moment.ts';
import type { Run } from './run.ts';
import { sendOf } from './send.ts';
import type { Outcome } from './traffic.ts';

/** Cells that are tried at the same time. */
const AT_ONCE_MAX = 16;

interface Tried {
  readonly cell: MatrixCell;
  readonly outcome: Outcome | undefined;
  readonly error: string | undefined;
}

export async function tryMatrix(check: Check & MatrixCheck, run: Run, signal: AbortSignal): Promise<Attempt> {
  const moment = await run.moments.at(run.moments.spanOf(check.when)?.to);
  const { columns, rows } = check;
  const wanted = rows.flatMap(({ from, cells }) =>
    cells.map((expected, at) => ({ from, to: columns[at] as Endpoint, expected })),
  );
  const tried: Tried[] = [];
  for (let at = 0; at < wanted.length; at += AT_ONCE_MAX) {
    if (at > 0) run.stretch(check.timeoutMs);
    tried.push(
      ...(await Promise.all(wanted.slice(at, at + AT_ONCE_MAX).map((cell) => one(cell, check, run, moment, signal)))),
    );
  }
  const shown = rows.map(({ from }, row) => ({
    name: from.name,
    cells: tried.slice(row * columns.length, (row + 1) * columns.length).map(({ cell }) => cell),
  }));
  const matrix = { columns: columns.map(({ name }) => name), rows: shown };
  const unknown = tried.findIndex(({ cell }) => cell.got === '?');
  const bad = tried.flatMap(({ cell, outcome }, at) => (isWrong(cell) ? [{ cell, outcome, name: nameAt(at) }] : []));
  const [first] = bad;
  // What could not be tried is neither good nor bad news; what is wrong beside it is.
  if (unknown >= 0 && first === undefined)
    throw mistake('check.matrix', `${nameAt(unknown)}: ${tried[unknown]?.error}`);
  const would = tried.flatMap(({ outcome }) => outcome?.would ?? []);
  return {
    isAsExpected: first === undefined,
    code: first === undefined ? 'DELIVERED' : 'WRONG_CELLS',
    expected: `${wanted.filter(({ expected }) => expected !== '.').length} cells as in the table`,
    got:
      first === undefined
        ? 'all of them'
        : `${bad.length} other than expected: ${bad
            .slice(0, 5)
            .map(({ name, cell }) => `${name} ${cell.got}`)
            .join(', ')}`,
    reason:
      first && `${first.name}: ${first.cell.got === '+' ? 'it gets there, which it should not' : first.cell.reason}`,
    matrix,
    ...(would.length > 0 && { would }),
    evidence: async (late) => {
      const looked = await (first?.outcome?.lookAgain ?? first?.outcome?.look)?.(late);
      return {
        evidence: looked?.evidence ?? {},
        reason: looked?.reason && first?.cell.got !== '+' ? `${first?.name}: ${looked.reason}` : undefined,
      };
    },
  };

  function nameAt(at: number): string {
    const { from, to } = wanted[at] as { from: Endpoint; to: Endpoint };
    return `${from.name} → ${to.name}`;
  }
}

function isWrong({ expected, got }: MatrixCell): boolean {
  return got !== '?' && expected !== got;
}

/** Of several nodes that an endpoint stands for all have to be so: the first that is not decides. */
async function one(
  { from, to, expected }: { readonly from: Endpoint; readonly to: Endpoint; readonly expected: MatrixCell['expected'] },
  check: Check & MatrixCheck,
  run: Run,
  moment: Moment,
  signal: AbortSignal,
): Promise<Tried> {
  if (expected === '.') return { cell: { expected, got: '.' }, outcome: undefined, error: undefined };
  try {
    const froms = await endsOf(from, moment, startOf(check), signal);
    const tos = await endsOf(to, moment, 'to', signal);
    let last: Outcome | undefined;
    for (const one of froms)
      for (const other of tos) {
        const { proto, port, method } = check;
        last = await sendOf({ check, from: one, to: other, proto, port, method, count: 1 }, run, moment, signal);
        if (last.would !== undefined) continue;
        const got = last.fate.result === 'delivered' ? '+' : '-';
        if (got !== expected)
          return {
            cell: { expected, got, code: last.fate.code as ReachCode, reason: last.reason ?? last.got },
            outcome: last,
            error: undefined,
          };
      }
    return {
      cell: { expected, got: expected, ...(last && { code: last.fate.code }) },
      outcome: last,
      error: undefined,
    };
  } catch (error) {
    if (!(error instanceof Mistake) && !(error instanceof Unavailable)) throw error;
    return { cell: { expected, got: '?', reason: error.message }, outcome: undefined, error: error.message };
  }
}
