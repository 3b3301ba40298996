/** The composition root's part about workflows: what is kept of them, and in whose name they act. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from './config/options.ts';
import { workflowShape } from './contract/workflow.ts';
import { type KeptLists, keptLists, type SharedKeptLists } from './std/kept-lists.ts';
import { type KeptWorkflows, WorkflowBook } from './workflows/book.ts';
import { bundledWorkflows } from './workflows/bundled/index.ts';
import { defaultRunLimits } from './workflows/sandbox/limits.ts';

export function openWorkflows(
  config: Config,
  kept: KeptLists<KeptWorkflows> & Partial<SharedKeptLists<KeptWorkflows>> = keptWorkflows(config),
): WorkflowBook {
  const { timeout, cpu, parallel } = config.workflow;
  return new WorkflowBook({
    bundled: bundledWorkflows(),
    kept,
    newId: randomUUID,
    elapsed: () => performance.now(),
    limits: { runningMax: parallel, run: { ...defaultRunLimits, wallMs: timeout, cpuMs: cpu } },
  });
}

export function keptWorkflows({ data }: Pick<Config, 'data'>): KeptLists<KeptWorkflows> {
  return keptLists<KeptWorkflows>({
    file: join(data, 'workflows.json'),
    things: 'workflows',
    isEntry: { workflows: (value) => workflowShape.safeParse(value).success },
    nowMs: Date.now,
  });
}
