/** The probes there are. A new one is a folder and a line here. */
import { host } from './host/index.ts';
import { netns } from './netns/index.ts';
import type { Probe } from './probe.ts';

export const probeList: readonly Probe[] = [host as Probe, netns as Probe];
