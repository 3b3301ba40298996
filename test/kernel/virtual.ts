/** A libvirt of our own: in namespaces of its own, where it finds none of this machine's configuration. Needs root. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import { TestNetns } from './native_netns.ts';

/** Without virtlogd, without other users, without control groups: a machine needs no more here. */
const QEMU = [
  ...['stdio_handler = "file"', 'user = "root"', 'group = "root"'],
  ...['cgroup_controllers = []', 'security_driver = "none"', 'namespaces = []'],
].join('\n');

export class OwnLibvirt implements AsyncDisposable {
  readonly netns = new TestNetns();
  readonly #folder = mkdtempSync(join(tmpdir(), `sk${process.pid}v`));
  #daemon: ChildProcess | undefined;

  static async start(): Promise<OwnLibvirt> {
    const own = new OwnLibvirt();
    try {
      const auth = 'auth_unix_rw = "none"\nauth_unix_ro = "none"\n';
      writeFileSync(join(own.#folder, 'libvirtd.conf'), `unix_sock_dir = "${own.#folder}"\n${auth}`);
      writeFileSync(join(own.#folder, 'qemu.conf'), QEMU);
      own.netns.ip('link set lo up');
      await own.up();
      return own;
    } catch (error) {
      await own[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** As the option takes it. */
  url(uri: string, socket = 'libvirt-sock-ro'): string {
    return `${uri}?socket=${this.#folder}/${socket}`;
  }

  async up(): Promise<void> {
    const script = [
      'for d in /etc/libvirt /var/lib/libvirt /var/cache/libvirt /var/log/libvirt /run/libvirt; do',
      '  [ ! -d $d ] || mount -t tmpfs none $d',
      'done',
      'mkdir -p /etc/libvirt; cp "$1/qemu.conf" /etc/libvirt/',
      'exec libvirtd -f "$1/libvirtd.conf" -p "$1/pid"',
    ].join('\n');
    const args = [`--net=${this.netns.path}`, 'unshare', '-m', 'sh', '-c', script, 'sh', this.#folder];
    this.#daemon = spawn('nsenter', args, { stdio: 'ignore' });
    await eventually(() => this.virsh('test+unix:///default', 'version'));
  }

  async down(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    if (!daemon || daemon.exitCode !== null) return;
    daemon.kill(signal);
    await once(daemon, 'exit');
  }

  virsh(uri: string, ...args: readonly string[]): string {
    const where = ['--quiet', '--connect', this.url(uri, 'libvirt-sock')];
    return execFileSync('virsh', [...where, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  }

  file(name: string, text: string): string {
    const path = join(this.#folder, name);
    writeFileSync(path, text);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A machine runs on without its daemon.
    if (this.#daemon) {
      const names = this.virsh('qemu:///system', 'list', '--all', '--name').split('\n').filter(Boolean);
      for (const name of names) this.virsh('qemu:///system', 'destroy', name);
    }
    await this.down();
    this.netns[Symbol.dispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export function domainXml(name: string, { type = 'qemu', devices = '' }: { type?: string; devices?: string }): string {
  const os = `<os><type arch='x86_64'>hvm</type></os>`;
  const bare = `<controller type='usb' model='none'/><memballoon model='none'/>`;
  const size = `<memory unit='MiB'>32</memory><vcpu>1</vcpu>`;
  const some = type === 'qemu' ? bare : '';
  // Devices come and go by means of ACPI.
  const features = '<features><acpi/></features>';
  return `<domain type='${type}'><name>${name}</name>${size}${os}${features}<devices>${devices}${some}</devices></domain>`;
}
