/** A book of workflows as tests use it: nothing is kept, and a server that is a function. */
import { type BookParts, WorkflowBook, type WorkflowLimits } from '../../src/workflows/book.ts';
import { defaultRunLimits, type RunLimits } from '../../src/workflows/sandbox/limits.ts';
import type { ApiAnswer, AskedOfApi, Caller, Workflow } from '../../src/workflows/workflow.ts';

export function bookOf(
  more: Partial<Omit<BookParts, 'limits'>> & { run?: Partial<RunLimits>; limits?: Partial<WorkflowLimits> } = {},
): WorkflowBook {
  let kept: readonly Workflow[] = [];
  let made = 0;
  const { run, limits, ...parts } = more;
  return new WorkflowBook({
    bundled: [],
    kept: {
      read: () => ({ lists: { workflows: kept }, note: undefined }),
      write: ({ workflows }) => {
        kept = workflows;
      },
    },
    newId: () => `id-${++made}`,
    elapsed: () => performance.now(),
    limits: { ...limits, run: { ...defaultRunLimits, wallMs: 10_000, cpuMs: 5_000, ...run } },
    ...parts,
  });
}

/** Answers by path; what it was asked is kept. */
export function caller(answers: (request: AskedOfApi) => unknown = () => []): Caller & { asked: AskedOfApi[] } {
  const asked: AskedOfApi[] = [];
  return {
    name: 'tester',
    asked,
    async ask(request): Promise<ApiAnswer> {
      asked.push(request);
      const answer = answers(request);
      return answer instanceof Refused
        ? { status: answer.status, text: answer.text }
        : { status: 200, text: answer === undefined ? '' : JSON.stringify(answer) };
    },
  };
}

export class Refused {
  readonly status: number;
  readonly text: string;
  constructor(status: number, text: string) {
    this.status = status;
    this.text = text;
  }
}
