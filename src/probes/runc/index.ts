/** runc: containers by the state it keeps, whoever had it run them (Kubernetes with CRI-O too). */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { subdirectories } from '../containers/files.ts';
import { showFromFiles } from '../containers/fromfiles.ts';
import { Container, NetnsOfContainers } from '../containers/vocabulary.ts';
import { defineProbe } from '../probe.ts';
import { containerOf, readState } from './state.ts';

const options = z
  .object({
    paths: z
      .array(z.string().startsWith('/'))
      .max(100)
      .default(['/run/containerd/runc', '/run/runc', '/run/runc-ctrs'])
      .describe('Where state is kept: directories of containers, or of namespaces with containers in them'),
  })
  .prefault({});

const FILE = 'state.json';

export const runc = defineProbe({
  name: 'runc',
  doc: 'runc: containers that no engine tells of.',
  reads: [
    '`state.json` of each container in the folders of `probes.runc.paths`, which tell when they change (inotify).',
    'Whether its process still runs, every 2 s.',
  ],
  needs: [{ what: 'CAP_DAC_READ_SEARCH', without: 'the folders cannot be read' }],
  counters: {
    labelsLeftOut: 'labels that were left out, as they were too many, too long, or looked like a secret',
    refused: 'changes that the graph refused',
  },
  options,
  types: [Container],
  adds: [NetnsOfContainers],

  async run(context) {
    const { paths } = context.options;
    await showFromFiles({
      context,
      manager: 'runc',
      roots: paths,
      read: readState,
      find(files) {
        const below = paths.flatMap(subdirectories);
        // A directory without state is one of containers, or of one that is being made.
        const outer = below.filter((path) => !existsSync(join(path, FILE)));
        const states = [...below, ...outer.flatMap(subdirectories)].map((path) => files.get(join(path, FILE)));
        return { containers: states.flatMap((state) => (state ? [containerOf(state)] : [])), directories: outer };
      },
    });
  },
});
