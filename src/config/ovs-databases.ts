/** The databases of Open vSwitch that are watched, and that captures are set up in: one a switch. */
import type { Config } from './options.ts';

export function ovsDatabases({ capture, probes }: Pick<Config, 'capture' | 'probes'>): readonly string[] {
  const { databases } = probes.ovs;
  return databases.length > 0 ? databases : [capture.ovsdb];
}
