/**
 * What a graph of one's own takes in memory, and how fast it is read from a file. Run:
 * `node --expose-gc bench/gremlin-memory.ts FILE` with a file of any format, of vertices with 12 properties and edges with 4.
 */
import { readGraphFile } from '../src/graphfiles/read.ts';
import { OwnGraph } from '../src/query/gremlin/model/own-graph.ts';

const collect = (globalThis as { gc?: () => void }).gc ?? (() => {});
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('which file?');

const empty = heap();
const start = performance.now();
const own = new OwnGraph({ nowMs: Date.now, indexed: ['Name', 'Type'] });
const { vertices, edges } = await readGraphFile(file, own.writer);
const seconds = (performance.now() - start) / 1000;
const bytes = heap() - empty;
console.log(`${vertices} vertices and ${edges} edges read in ${seconds.toFixed(2)} s`);
console.log(`${Math.round(bytes / (vertices + edges))} B of live memory for each (goal: 900), two indexes among them`);
if (own.graph.nodes.alive.size !== vertices) throw new Error('not all are there');

function heap(): number {
  for (let i = 0; i < 3; i++) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
