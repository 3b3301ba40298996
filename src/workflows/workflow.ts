/** Workflows: a user's JavaScript function as a resource (in Skydive's shape), and what calling it comes to. */

import type { WorkflowStatus } from '../contract/status.ts';

export interface Workflow {
  readonly UUID: string;
  /** Unique. A call may say it instead of the UUID. */
  readonly Name: string;
  readonly Title?: string;
  readonly Abstract?: string;
  readonly Description?: string;
  /** In the order of the function's own. */
  readonly Parameters: readonly WorkflowParameter[];
  /** One JavaScript function. */
  readonly Source: string;
  /** Comes with Skein, and cannot be deleted. */
  readonly IsBundled?: boolean;
}

export interface WorkflowParameter {
  readonly Name: string;
  readonly Description?: string;
  /** `node` is the TID of a node. Others than these are taken as they come. */
  readonly Type?: 'node' | 'string' | 'boolean' | 'integer' | 'choice' | 'date' | (string & {});
  /** What it is when a call leaves it out. */
  readonly Default?: unknown;
  /** What a choice may be. */
  readonly Values?: readonly { readonly Description?: string; readonly Value: unknown }[];
}

export type NewWorkflow = Omit<Workflow, 'UUID' | 'IsBundled'>;

/** Parameters in their order, or by their names. */
export type Params = readonly unknown[] | Readonly<Record<string, unknown>>;

/**
 * In whose name a script acts. All that a script can do of the world is `ask`: a request to the API, answered as it
 * would be for that caller, with a 403 for what it may not.
 */
export interface Caller {
  /** For the log of who did what. */
  readonly name: string;
  ask(request: AskedOfApi, signal: AbortSignal): Promise<ApiAnswer>;
}

export interface AskedOfApi {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `/api/topology` */
  readonly path: string;
  /** JSON text. */
  readonly body?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
}

export interface WorkflowCall {
  /** Name or UUID. */
  readonly workflow: string;
  readonly params?: Params;
  readonly as: Caller;
  /** Ends the run; `callWorkflow` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** What it says with console.log, as it says it. */
  readonly said?: (line: string) => void;
}

/** What a run came to. */
export interface Ran {
  /** What the function returned, or its promise resolved to, as JSON has it; `null` for undefined. */
  readonly result: unknown;
  /** The same as JSON text. */
  readonly json: string;
  /** Lines of console.log and its like, as many as are kept. */
  readonly console: readonly string[];
  /** Wall time, ms. */
  readonly tookMs: number;
  /** Requests to the API. */
  readonly asked: number;
}

/** Why a run came to no result: codes of the Mistake that says so. */
export type RunFailure =
  | 'workflow.syntax'
  | 'workflow.threw'
  | 'workflow.unsettled'
  | 'workflow.result'
  | 'workflow.time'
  | 'workflow.cpu'
  | 'workflow.memory'
  | 'workflow.stack'
  | 'workflow.asked'
  | 'workflow.source-size'
  | 'workflow.result-size'
  | 'workflow.busy'
  | 'workflow.crashed';

export interface Workflows {
  /** Bundled ones first, then in the order of their making. */
  list(): readonly Workflow[];
  /** By name or UUID. */
  get(nameOrId: string): Workflow | undefined;
  /** Rejects with a Mistake: `workflow.duplicate` when the name is taken, or where the source is no function. */
  create(asked: NewWorkflow): Promise<Workflow>;
  /** False when there is none. Throws a Mistake (`workflow.bundled`) for what comes with Skein. */
  delete(nameOrId: string): boolean;
  /**
   * Runs it in a sandbox of its own. Rejects with a Mistake: `workflow.unknown` (with a suggestion),
   * `workflow.params` (all that is wrong with them), or a RunFailure, which says where in the source.
   */
  callWorkflow(call: WorkflowCall): Promise<Ran>;
  /** The same with a source that is kept nowhere. */
  runSource(source: string, call: Omit<WorkflowCall, 'workflow'>): Promise<Ran>;
  status(): WorkflowStatus;
}
