/** The host itself: the root of everything that other probes find on it. */
import { hostname } from 'node:os';
import * as z from 'zod';
import type { Metadata, Value } from '../../graph/element.ts';
import { bell } from '../../std/bell.ts';
import { defineProbe } from '../probe.ts';
import { ConfigFile, readConfigFiles, watchConfigFiles } from './configfile.ts';
import { readHost } from './reading.ts';
import { Host } from './vocabulary.ts';

const options = z
  .object({
    metadata: z.record(z.string(), z.json()).default({}).describe('More keys for the node of this host'),
    files: z.array(ConfigFile).max(100).default([]).describe('Files whose values appear as Config.<name>'),
    roots: z
      .object({
        proc: z.string().default('/proc'),
        sys: z.string().default('/sys'),
        etc: z.string().default('/etc'),
        cloud: z.string().default('/var/lib/cloud'),
      })
      .prefault({})
      .describe('Where to read'),
    hostnameMs: z.int().min(100).default(10_000).describe('How often to look whether the machine was renamed, in ms'),
  })
  .prefault({});

export const host = defineProbe({
  name: 'host',
  doc: 'The machine itself: processors, memory, kernel, distribution, virtualization, and what its administrator says of it.',
  reads: [
    'Files of `/proc`, `/sys` and `/etc` when it starts; the name of the machine is looked at every 10 s.',
    'The files that `probes.host.files` names, again whenever they change.',
  ],
  options,
  types: [Host],

  // Up to its first wait this is synchronous, so that the host is in the graph before other probes hang things on it.
  async run({ options: { metadata, files, roots, hostnameMs }, host: self, graph, view, ready, notice, signal }) {
    const constant = readHost(roots);
    // Takes up what an earlier run left of it: what came from the configuration then, and does no more, goes.
    graph.apply([{ kind: 'set', id: self.id, of: 'node' }]);
    const [left] = view().nodes(self.id);
    const given = Object.keys(metadata).sort();
    const owns = new Set([...Object.keys(Host.fields.shape), ...given, ...textsOf(left?.metadata.GivenKeys)]);
    const changes = bell();
    const timer = setInterval(changes.ring, hostnameMs).unref();
    using _timer = { [Symbol.dispose]: () => clearInterval(timer) };

    let config = readConfigFiles(files);
    watchConfigFiles(
      files,
      () => {
        config = readConfigFiles(files);
        changes.ring();
      },
      signal,
    );
    do {
      notice(config.problems.join('; ') || undefined);
      const node: Metadata = {
        ...metadata,
        ...constant,
        Hostname: hostname(),
        ...(given.length > 0 && { GivenKeys: given }),
        ...(Object.keys(config.values).length > 0 && { Config: config.values }),
        Type: 'host',
        Name: self.name,
        TID: self.tid,
      };
      graph.apply([{ kind: 'node', id: self.id, metadata: node, owns }]);
      ready();
    } while (await changes.rung(signal));
  },
});

function textsOf(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
