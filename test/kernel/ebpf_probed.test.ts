/** All of ebpf.test.ts with the programs for kernels before Linux 6.2, which newer ones run as well. */
import { EbpfWorld } from './ebpf_world.ts';

EbpfWorld.image = 'probed';
await import('./ebpf.test.ts');
