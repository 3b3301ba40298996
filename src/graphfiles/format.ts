/** Formats of graphs in files. */
import { mistake } from '../std/mistake.ts';

export const graphFormats = ['graphson', 'graphml', 'jsonlines'] as const;
export type GraphFormat = (typeof graphFormats)[number];

/** By the ending of the name; `.json` may be GraphSON or JSON lines, which the beginning tells. */
export function formatOf(name: string, beginning: string): GraphFormat {
  if (/\.(kryo|gryo)$/i.test(name))
    throw mistake('graphfile.format', `${name}: Gryo is neither read nor written`, 'GraphSON or GraphML');
  if (/\.(xml|graphml)$/i.test(name) || /^\s*</.test(beginning)) return 'graphml';
  if (/\.(jsonl|ndjson)$/i.test(name) || /^\s*\{\s*"kind"\s*:/.test(beginning)) return 'jsonlines';
  return 'graphson';
}
