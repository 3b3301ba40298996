/** Static topology: what nothing on this host can see, and someone has written down. */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import * as z from 'zod';
import type { GraphView } from '../../graph/view.ts';
import { keysOf } from '../../model/vocabulary.ts';
import { bell } from '../../std/bell.ts';
import { Mistake } from '../../std/mistake.ts';
import { watchDirectory } from '../directory.ts';
import { keepLooking, sparingly } from '../looks.ts';
import { defineProbe } from '../probe.ts';
import { Speaker } from '../speaker.ts';
import { youth } from '../youth.ts';
import { FILE_BYTES_MAX, readFabric, readLines } from './file.ts';
import { draw } from './picture.ts';
import { joined, nothing, type Plan } from './plan.ts';
import { types } from './vocabulary.ts';

const options = z
  .object({
    file: z.string().optional().describe('YAML with nodes, racks and links; read again when it changes'),
    links: z.array(z.string()).default([]).describe('Links, a line each: A --> B'),
  })
  .prefault({});

/** How often to look which nodes selections mean. */
const LOOK_MS = 1_000;
/** An editor writes a file in several steps. */
const SETTLE_MS = 100;

export const fabric = defineProbe({
  name: 'fabric',
  doc: 'Static topology from a file or the configuration: switches, racks, cables, tied to what is seen.',
  reads: [
    'The file `probes.fabric.file`, again whenever it changes, and the lines of `probes.fabric.links`.',
    'The graph, once a second: what a line selects may come and go.',
  ],
  counters: {
    refusedFiles: 'times that the file made no sense; what it said before stays',
    refused: 'changes that the graph refused',
  },
  options,
  types,

  async run({ options: { file, links }, graph, view, host, signal, ready, notice, count }) {
    // A file may give any key: those that one of ours has had are ours.
    const owned = new Set(keysOf(types));
    const speaker = new Speaker({
      graph,
      host,
      owned,
      added: [],
      isOwn: ({ metadata: { Probe } }) => Probe === 'fabric',
    });
    const look = bell();
    const isYoung = youth();
    const isQuiet = file === undefined && links.length === 0;
    let ofFile: Plan = nothing;
    let fault: string | undefined;
    const ofLines = linesOf(links, (text) => {
      fault = text;
    });
    const lineFault = fault;

    function read(path: string): void {
      try {
        if (statSync(path).size > FILE_BYTES_MAX) throw new Error(`is larger than ${FILE_BYTES_MAX} bytes`);
        ofFile = readFabric(readFileSync(path, 'utf8'), path);
        fault = undefined;
      } catch (error) {
        count('refusedFiles');
        const what = error instanceof Mistake ? error.message : `${path}: ${(error as Error).message}`;
        fault = ofFile === nothing ? what : `${what}; what it said before stays`;
      }
    }

    function speak(): void {
      const now = view();
      if (isYoung()) {
        speaker.adopt(now);
        ownKeysOf(now, owned);
      }
      const { picture, notes } = draw(joined([ofLines, ofFile]), now, host.name);
      for (const metadata of picture.nodes.values()) for (const key of Object.keys(metadata)) owned.add(key);
      count('refused', speaker.say(picture, now));
      const said = [lineFault, fault === lineFault ? undefined : fault, ...notes].filter((text) => text !== undefined);
      notice(said.length > 0 ? said.join('; ') : undefined);
    }

    if (file !== undefined) {
      let settling: NodeJS.Timeout | undefined;
      const again = () => {
        clearTimeout(settling);
        settling = setTimeout(() => {
          read(file);
          look.ring();
        }, SETTLE_MS).unref();
      };
      read(file);
      watchDirectory(dirname(file), (name) => (name === undefined || name === basename(file)) && again(), signal);
      signal.addEventListener('abort', () => clearTimeout(settling), { once: true });
    }
    look.ring();
    await keepLooking(
      look,
      signal,
      sparingly(() => {
        speak();
        if (isQuiet) notice('nothing is described: probes.fabric.file names a file', 'quietly');
        ready();
        return !isQuiet || isYoung() ? LOOK_MS : undefined;
      }),
    );
  },
});

function linesOf(links: readonly string[], wrong: (text: string) => void): Plan {
  try {
    return readLines(links, 'probes.fabric.links');
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    wrong(error.message);
    return nothing;
  }
}

/** Keys that an earlier file gave are ours too; those that users and rules set are theirs. */
function ownKeysOf(view: GraphView, owned: Set<string>): void {
  for (const { metadata } of view.nodes()) {
    if (metadata.Probe !== 'fabric') continue;
    const theirs = typeof metadata.SetBy === 'object' && metadata.SetBy !== null ? metadata.SetBy : {};
    for (const key of Object.keys(metadata)) if (key !== 'SetBy' && !Object.hasOwn(theirs, key)) owned.add(key);
  }
}
