/** All workflows there are: those that come with Skein and those of users, called one run for each call. */
import type { WorkflowStatus } from '../contract/status.ts';
import type { KeptLists, SharedKeptLists } from '../std/kept-lists.ts';
import { type Mistake, mistake } from '../std/mistake.ts';
import { didYouMean } from '../std/nearest.ts';
import { LeftBehind } from './left-behind.ts';
import { paramsFor } from './params.ts';
import { runMistake } from './run-mistake.ts';
import { defaultRunLimits, type RunLimits } from './sandbox/limits.ts';
import type { Came } from './sandbox/sandbox.ts';
import type { NewWorkflow, Params, Ran, Workflow, WorkflowCall, Workflows } from './workflow.ts';

export type KeptWorkflows = { readonly workflows: readonly Workflow[] };

export interface WorkflowLimits {
  /** Runs at the same time, those that runs ask for included; one more is refused. */
  readonly runningMax: number;
  /** Those of users. */
  readonly workflowsMax: number;
  readonly run: RunLimits;
}

export const defaultWorkflowLimits: WorkflowLimits = { runningMax: 8, workflowsMax: 1_000, run: defaultRunLimits };

export interface BookParts {
  readonly bundled: readonly Workflow[];
  readonly kept: KeptLists<KeptWorkflows> & Partial<SharedKeptLists<KeptWorkflows>>;
  readonly newId: () => string;
  /** Monotonic ms. */
  readonly elapsed: () => number;
  readonly limits?: Partial<WorkflowLimits>;
}

export class WorkflowBook implements Workflows {
  readonly #parts: BookParts;
  readonly #limits: WorkflowLimits;
  readonly #failures: Record<string, number> = {};
  #own: readonly Workflow[];
  #note: string | undefined;
  #running = 0;
  #runs = 0;

  constructor(parts: BookParts) {
    this.#parts = parts;
    this.#limits = { ...defaultWorkflowLimits, ...parts.limits };
    const { lists, note } = parts.kept.read();
    this.#own = lists.workflows;
    this.#note = note;
    parts.kept.changed?.(({ workflows }) => {
      this.#own = workflows;
    });
  }

  list(): readonly Workflow[] {
    return [...this.#parts.bundled, ...this.#own];
  }

  get(nameOrId: string): Workflow | undefined {
    const all = this.list();
    return all.find(({ UUID }) => UUID === nameOrId) ?? all.find(({ Name }) => Name === nameOrId);
  }

  async create(asked: NewWorkflow): Promise<Workflow> {
    await this.#checkSource(asked.Name, asked.Source);
    if (this.#own.length >= this.#limits.workflowsMax)
      throw mistake('workflow.too-many', `there are ${this.#own.length} workflows already`, 'delete some');
    // Looked at last: another may have been made while the source was read.
    if (this.list().some(({ Name }) => Name === asked.Name))
      throw mistake('workflow.duplicate', `there is a workflow named '${asked.Name}' already`);
    const made: Workflow = { UUID: this.#parts.newId(), ...asked };
    this.#write([...this.#own, made]);
    return made;
  }

  delete(nameOrId: string): boolean {
    const found = this.get(nameOrId);
    if (found === undefined) return false;
    if (found.IsBundled) throw mistake('workflow.bundled', `${found.Name} comes with Skein and cannot be deleted`);
    this.#write(this.#own.filter(({ UUID }) => UUID !== found.UUID));
    return true;
  }

  async callWorkflow({ workflow, params = [], ...call }: WorkflowCall): Promise<Ran> {
    const found = this.get(workflow);
    if (found === undefined) throw this.#unknown(workflow);
    return this.#run(found.Name, found.Source, paramsFor(found, params), call);
  }

  async runSource(source: string, { params = [], ...call }: Omit<WorkflowCall, 'workflow'>): Promise<Ran> {
    return this.#run('the script', source, paramsFor({ Name: 'the script', Parameters: [] }, params), call);
  }

  status(): WorkflowStatus {
    return {
      Workflows: this.list().length,
      Running: this.#running,
      Runs: this.#runs,
      Failures: { ...this.#failures },
      Notes: this.#note === undefined ? [] : [this.#note],
    };
  }

  async #run(name: string, source: string, params: Params, call: Omit<WorkflowCall, 'workflow' | 'params'>) {
    const { elapsed } = this.#parts;
    const begun = elapsed();
    const { as, signal, said } = call;
    const text = jsonOf(params);
    if (text.length > this.#limits.run.paramsMax)
      throw mistake(
        'workflow.params',
        `the parameters are larger than ${this.#limits.run.paramsMax} characters of JSON`,
      );
    this.#runs++;
    const left = new LeftBehind(as);
    let isCutOff = true;
    try {
      const came = await this.#inSandbox(name, source, text, (request, over) => left.ask(request, over), signal, said);
      isCutOff = 'failure' in came && !endsByItself.has(came.failure.why);
      if ('failure' in came) {
        this.#count(came.failure.why);
        throw runMistake(name, source, came.failure);
      }
      return new Finished(came, elapsed() - begun);
    } finally {
      if (isCutOff) await left.remove();
    }
  }

  async #checkSource(name: string, source: string): Promise<void> {
    const nobody = async () => ({ status: 403, text: '' });
    const came = await this.#inSandbox(name, source, undefined, nobody);
    if ('failure' in came) throw runMistake(name, source, came.failure);
  }

  async #inSandbox(
    name: string,
    source: string,
    params: string | undefined,
    ask: WorkflowCall['as']['ask'],
    signal?: AbortSignal,
    said?: (line: string) => void,
  ): Promise<Came> {
    const { runningMax, run: limits } = this.#limits;
    if (source.length > limits.sourceMax) {
      this.#count('source-size');
      throw mistake('workflow.source-size', `${name}: its source is larger than ${limits.sourceMax} characters`);
    }
    // Refused and not made to wait: a workflow that calls itself would wait for itself.
    if (this.#running >= runningMax) {
      this.#count('busy');
      throw mistake('workflow.busy', `${runningMax} workflows run already; try again in a moment`);
    }
    this.#running++;
    try {
      const { runInSandbox } = await import('./sandbox/sandbox.ts');
      return await runInSandbox({ source, params, limits, ask, signal, said });
    } finally {
      this.#running--;
    }
  }

  #unknown(name: string): Mistake {
    const hint = didYouMean(
      name,
      this.list().map(({ Name }) => Name),
    );
    return mistake('workflow.unknown', `Unknown workflow '${name.slice(0, 200)}'`, hint);
  }

  #count(why: string): void {
    this.#failures[why] = (this.#failures[why] ?? 0) + 1;
  }

  #write(workflows: readonly Workflow[]): void {
    try {
      this.#parts.kept.write({ workflows });
    } catch (error) {
      throw mistake('workflow.unkept', `workflows cannot be kept: ${(error as Error).message}`);
    }
    this.#own = workflows;
  }
}

function jsonOf(params: Params): string {
  try {
    return JSON.stringify(params);
  } catch (error) {
    // Nested deeper than it can be written.
    throw mistake('workflow.params', `the parameters cannot be written as JSON: ${(error as Error).message}`);
  }
}

/** The script itself came to its end: what it leaves running is meant to. */
const endsByItself: ReadonlySet<string> = new Set(['syntax', 'threw', 'result', 'result-size']);

class Finished implements Ran {
  readonly json: string;
  readonly console: readonly string[];
  readonly asked: number;
  readonly tookMs: number;

  constructor({ json, console, asked }: Extract<Came, { json: string }>, tookMs: number) {
    this.json = json;
    this.console = console;
    this.asked = asked;
    this.tookMs = tookMs;
  }

  /** Read when someone looks: most send the text on. */
  get result(): unknown {
    return JSON.parse(this.json);
  }
}
