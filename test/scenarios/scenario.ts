/** TinkerPop's scenarios (Gherkin, as far as its suite uses it), read from their files. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Scenario {
  readonly name: string;
  /** Below the folder of all. */
  readonly file: string;
  readonly tags: ReadonlySet<string>;
  readonly steps: readonly ScenarioStep[];
}

export interface ScenarioStep {
  /** Without Given, When, Then, And. */
  readonly text: string;
  readonly doc: string | undefined;
  readonly rows: readonly string[];
}

export const scenariosFolder = join(import.meta.dirname, '..', 'data', 'scenarios');

export function readScenarios(folder = scenariosFolder): Scenario[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.feature'))
    .sort()
    .flatMap((file) => scenariosOf(file, readFileSync(join(folder, file), 'utf8')));
}

function scenariosOf(file: string, text: string): Scenario[] {
  const scenarios: Scenario[] = [];
  const lines = text.split('\n');
  let featureTags: string[] = [];
  let tags: string[] = [];
  let steps: { text: string; doc: string | undefined; rows: string[] }[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = (lines[at] as string).trim();
    if (line.startsWith('@')) tags.push(...line.split(/\s+/));
    else if (line.startsWith('Feature:')) {
      featureTags = tags;
      tags = [];
    } else if (line.startsWith('Scenario:')) {
      steps = [];
      const name = line.slice('Scenario:'.length).trim();
      scenarios.push({ name, file, tags: new Set([...featureTags, ...tags]), steps });
      tags = [];
    } else if (line === '"""') {
      const end = lines.findIndex((each, index) => index > at && each.trim() === '"""');
      const indent = (lines[at] as string).indexOf('"');
      const doc = lines
        .slice(at + 1, end)
        .map((each) => each.slice(Math.min(indent, each.length - each.trimStart().length)));
      const step = steps.at(-1);
      if (step !== undefined) step.doc = doc.join('\n').replaceAll('\\"', '"');
      at = end;
    } else if (line.startsWith('|')) steps.at(-1)?.rows.push(cellOf(line));
    else {
      const step = /^(?:Given|When|Then|And|But) (.*)$/.exec(line)?.[1];
      if (step !== undefined) steps.push({ text: step, doc: undefined, rows: [] });
    }
  }
  return scenarios;
}

/** All tables of the suite have one column. */
function cellOf(line: string): string {
  return line
    .slice(1, line.lastIndexOf('|'))
    .trim()
    .replace(/\\(.)/g, (_all, char: string) => (char === 'n' ? '\n' : char));
}
