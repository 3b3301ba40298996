/** A workflow in a file: YAML or JSON in Skydive's shape, or JavaScript that is one function. */
import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import type { NewWireWorkflow } from '../contract/workflow.ts';
import { usageFailure } from './failure.ts';
import type { Io } from './io.ts';
import { unreadable } from './unreadable.ts';

/** For keeping: it has a name. */
export async function workflowIn(path: string, io: Pick<Io, 'readInput'>): Promise<NewWireWorkflow> {
  const text = path === '-' ? await io.readInput() : read(path);
  if (isScript(path, text)) return fromScript(path, text);
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error) throw usageFailure(`${path} is not YAML: ${error.message}`);
  const { newWorkflowShape } = await import('../contract/workflow.ts');
  const asked = newWorkflowShape.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (asked.success) return asked.data;
  const wrong = asked.error.issues.map(({ path: at, message }) => `${at.join('.') || 'it'}: ${message}`);
  throw usageFailure(`${path} is no workflow: ${wrong.join('; ')}`, 'it needs Name and Source');
}

export type ScriptFile = Pick<NewWireWorkflow, 'Name' | 'Parameters' | 'Source'>;

/** For running: only its source and what it takes. */
export function sourceIn(path: string, io: Pick<Io, 'readInput'>): Promise<ScriptFile> {
  return workflowIn(path, io);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

function isScript(path: string, text: string): boolean {
  if (path === '-') return !/^\s*(---|\{|["']?\w+["']?:)/m.test(text.slice(0, 200));
  return ['.js', '.mjs', '.cjs'].includes(extname(path));
}

/** It is called as its function is, which also says what it takes. */
function fromScript(path: string, Source: string): NewWireWorkflow {
  const head = /(?:^|\s)(?:async\s+)?function\s*([\w$]*)\s*\(([^)]*)\)/.exec(Source);
  const plain = (head?.[2] ?? '').split(',').map((name) => name.trim());
  const names = plain.every((name) => /^[\w$]+$/.test(name)) ? plain : [];
  const Name = head?.[1] || (path === '-' ? 'stdin' : basename(path, extname(path)));
  return { Name, Parameters: names.map((parameter) => ({ Name: parameter })), Source };
}
