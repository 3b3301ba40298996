/** GraphSON 3 files: one vertex with its edges a line, or all of them in one document. */
import type { GraphWriter } from '../../query/gremlin/property-graph.ts';
import { mistake } from '../../std/mistake.ts';
import { atLine } from '../at-line.ts';
import { Loading } from '../loading.ts';
import type { Loaded, Reading } from '../reading.ts';
import { adjacentOf } from './record.ts';

/** Takes the lines of a file one after the other. */
export class GraphsonReading implements Reading {
  readonly #loading: Loading;
  #line = 0;
  #leaving = 0;
  #arriving = 0;

  constructor(writer: GraphWriter) {
    this.#loading = new Loading(writer);
  }

  /** Throws a Mistake that names the line and what is wrong in it. */
  line(text: string): void {
    this.#line++;
    if (text.trim() === '') return;
    atLine(this.#line, () => this.#vertex(JSON.parse(text)));
  }

  /** A whole document: `{"vertices": […]}`. */
  document(text: string): void {
    const { vertices } = atLine(1, () => JSON.parse(text) as { vertices?: unknown });
    if (!Array.isArray(vertices)) throw mistake('graphfile.graphson', '"vertices" of the document is no list');
    for (const [at, vertex] of vertices.entries()) atLine(at + 1, () => this.#vertex(vertex), 'vertex');
  }

  end(): Generator<undefined, Loaded> {
    if (this.#arriving > this.#leaving)
      throw mistake(
        'graphfile.graphson',
        `${this.#arriving - this.#leaving} edges stand in inE alone: outE has to name each edge`,
      );
    return this.#loading.end();
  }

  #vertex(json: unknown): void {
    const { vertex, edges, arriving } = adjacentOf(json);
    this.#loading.vertex(vertex);
    for (const edge of edges) this.#loading.edgeLater(edge);
    this.#leaving += edges.length;
    this.#arriving += arriving;
  }
}

/** Whether a file that begins like this is one document. */
export function isDocument(beginning: string): boolean {
  return /^\s*\{\s*"vertices"\s*:/.test(beginning);
}
