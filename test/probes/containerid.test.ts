/** Lines of /proc/PID/cgroup as the engines make them, under both versions of control groups. */
import { containerIdOf } from '../../src/probes/containerid.ts';

const ID = '4f1c0e9b'.repeat(8);
const OTHER = '0123abcd'.repeat(8);

test.each([
  ['docker, version 1', `12:pids:/docker/${ID}\n11:memory:/docker/${ID}\n0::/docker/${ID}\n`],
  ['docker under systemd', `0::/system.slice/docker-${ID}.scope\n`],
  ['docker with systemd in it', `0::/system.slice/docker-${ID}.scope/init.scope\n`],
  ['podman', `0::/machine.slice/libpod-${ID}.scope/container\n`],
  ['podman, version 1', `9:devices:/libpod_parent/libpod-${ID}\n`],
  ['podman without root', `0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope/container\n`],
  ['podman in a service of systemd', `0::/system.slice/web.service/libpod-payload-${ID}\n`],
  ['containerd', `0::/default/${ID}\n`],
  ['containerd of a kubelet', `0::/kubepods.slice/kubepods-pod12ab_34.slice/cri-containerd-${ID}.scope\n`],
  [
    'containerd of a kubelet that does not use systemd',
    `0::/system.slice/containerd.service/kubepods-besteffort-pod1.slice:cri-containerd:${ID}`,
  ],
  ['a kubelet with groups of its own', `4:cpu,cpuacct:/kubepods/burstable/pod2f0a-11/${ID}\n`],
  ['CRI-O', `0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1.slice/crio-${ID}.scope\n`],
  ['a group beside the one of the reader', `0::/../${ID}\n`],
  ['the second line alone', `1:name=systemd:/\n2:cpu:/docker/${ID}\n`],
])('a process in a container says which: %s', (_engine, cgroup) => {
  expect(containerIdOf(cgroup)).toBe(ID);
});

test.each([
  ['none', ''],
  ['the root', '0::/\n'],
  ['a session', '0::/user.slice/user-1000.slice/session-3.scope\n'],
  ['what watches over a container of podman', `0::/machine.slice/libpod-conmon-${ID}.scope\n`],
  ['what watches over a container of CRI-O', `0::/system.slice/crio-conmon-${ID}.scope\n`],
  ['a check of health that podman starts', `0::/system.slice/${ID}.service\n`],
  ['digits that are too many', `0::/docker/${ID}0\n`],
  ['digits that are too few', `0::/docker/${ID.slice(1)}\n`],
  ['a line without a path', `docker/${ID}\n`],
])('a process outside of containers says none: %s', (_place, cgroup) => {
  expect(containerIdOf(cgroup)).toBeUndefined();
});

test('of a container within a container it is the one that this machine knows', () => {
  expect(containerIdOf(`0::/docker/${ID}/kubepods/pod1/${OTHER}\n`)).toBe(ID);
});
