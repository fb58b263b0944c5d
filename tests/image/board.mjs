// board.mjs: a board in qemu-system-aarch64 with 512 MB, started from the image as it is. Outside are the
// way out (its first network card) and the place of the tablets (its second instead of a radio: the
// kernel is told tram.ap=eth1). The image has no way in; what a test does inside goes through a unit that
// the kernel's command line brings (systemd.set_credential), which reads commands from a serial line.
import { strict as assert } from 'node:assert';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { until } from '../lib/check.mjs';
import { root } from '../lib/stack.mjs';

// Another image than the one in the tree is tried with TRAM_IMAGE.
export const image = process.env.TRAM_IMAGE ?? path.join(root, 'build/image');
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export const sh = (command, ...args) => {
	const run = spawnSync(command, args, { encoding: 'utf8' });
	assert.equal(run.status, 0, `${command} ${args.join(' ')}: ${run.stderr}`);
	return run.stdout;
};

// The board's time goes by the instructions it carries out, 500 million a second (a Pi 3's order): however little of this
// machine it gets, nothing inside runs into a time limit. Two processors would spin for each other besides.
const clock = () => ['-smp', '1', '-accel', 'tcg,thread=single', '-icount', 'shift=1'];

// Before the programs start; what lies on the second disk is unpacked first.
const UNIT = `[Unit]
DefaultDependencies=no
After=var-lib-tram.mount
Before=tram-prepare.service tram-network.service tram-setup-begin.service

[Service]
Type=forking
ExecStart=/bin/sh -c "mkdir -p /run/try; tar -xf /dev/vdb -C /run/try; exec sh /run/try/begin"
KillMode=process
`;
const BEGIN = `[ ! -e /run/try/radios ] || modprobe mac80211_hwsim radios=2
[ ! -e /run/try/plain ] || mount -o noatime,nodev,nosuid,errors=remount-ro /dev/vdc /var/lib/tram
sh /run/try/listen &
`;
const LISTEN = `exec </dev/hvc0 >/dev/hvc0 2>&1
stty raw -echo
echo "@@ready"
while read -r line; do
	sh -c "$line" </dev/null
	echo "@@end $?"
done
`;

export class Board {
	// folder: of the card and the logs, made afresh. port: on loopback for the pages over TLS; port + 1 for
	// those without.
	// plain: the data lie on a disk of their own without encryption, whose every write is logged in order
	// (QEMU's blklogwrites): { base, log } are its files, as it was before the first start and what came then.
	constructor(folder, port, { size = '3G', radios = false, plain = null } = {}) {
		Object.assign(this, { folder, port, plain });
		rmSync(folder, { recursive: true, force: true });
		mkdirSync(path.join(folder, 'second'), { recursive: true });
		this.card = path.join(folder, 'card');
		sh('cp', '--sparse=always', path.join(image, 'tram-board.img'), this.card);
		sh('truncate', '-s', size, this.card);
		writeFileSync(path.join(folder, 'second/begin'), BEGIN);
		writeFileSync(path.join(folder, 'second/listen'), LISTEN);
		// Two simulated radios, one for the board and one for a client (mac80211_hwsim).
		if (radios) writeFileSync(path.join(folder, 'second/radios'), '');
		if (plain) {
			writeFileSync(path.join(folder, 'second/plain'), '');
			sh('truncate', '-s', '320M', plain.base);
			sh('mkfs.ext4', '-q', '-F', '-b', '4096', '-m', '1', plain.base);
			sh('cp', '--sparse=always', plain.base, path.join(folder, 'plain'));
			writeFileSync(plain.log, '');
		}
		sh('tar', '-cf', path.join(folder, 'second.tar'), '-C', path.join(folder, 'second'), '.');
	}

	// What who flashes the card lays on its first partition.
	putOnBoot(name, text) {
		writeFileSync(path.join(this.folder, name), text);
		sh('mcopy', '-i', `${this.card}@@4M`, path.join(this.folder, name), '::/');
	}

	// append: more words for the kernel. devices: more of qemu.
	start({ append = 'tram.ap=eth1', devices = [] } = {}) {
		assert(!this.child, 'it runs already');
		this.log = path.join(this.folder, 'console.log');
		this.socket = path.join(this.folder, 'line');
		const unit = Buffer.from(UNIT).toString('base64');
		const line = `${readFileSync(path.join(root, 'board/image/cmdline.txt'), 'utf8').trim()} console=ttyAMA0 ${append} ` +
			`systemd.set_credential_binary=systemd.extra-unit.tram-try.service:${unit} systemd.wants=tram-try.service`;
		this.started = Date.now();
		const third = this.plain ? ['-blockdev', `driver=file,filename=${path.join(this.folder, 'plain')},node-name=plain-file`,
			'-blockdev', `driver=file,filename=${this.plain.log},node-name=plain-log`,
			'-blockdev', 'driver=blklogwrites,node-name=plain,file=plain-file,log=plain-log,log-super-update-interval=1',
			'-device', 'virtio-blk-pci,drive=plain'] : [];
		this.child = spawn('qemu-system-aarch64', ['-M', 'virt', '-cpu', 'cortex-a53', '-m', '512', '-display', 'none', '-no-reboot',
			...clock(), '-kernel', path.join(image, 'vmlinuz'), '-initrd', path.join(image, 'initrd.img'), '-append', line,
			'-drive', `file=${this.card},if=none,id=card,format=raw,discard=unmap`, '-device', 'virtio-blk-pci,drive=card',
			'-drive', `file=${path.join(this.folder, 'second.tar')},if=none,id=second,format=raw,readonly=on`, '-device', 'virtio-blk-pci,drive=second',
			...third,
			'-netdev', 'user,id=out', '-device', 'virtio-net-pci,netdev=out,mac=52:54:00:77:00:01',
			'-netdev', 'user,id=ap,net=10.77.0.0/24,host=10.77.0.254,dns=10.77.0.253,dhcpstart=10.77.0.240,restrict=on,' +
				`hostfwd=tcp:127.0.0.1:${this.port}-10.77.0.1:443,hostfwd=tcp:127.0.0.1:${this.port + 1}-10.77.0.1:80`,
			'-device', 'virtio-net-pci,netdev=ap,mac=52:54:00:77:00:02',
			'-device', 'virtio-rng-pci', '-device', 'virtio-serial-pci',
			'-chardev', `socket,id=line,path=${this.socket},server=on,wait=off`, '-device', 'virtconsole,chardev=line',
			'-serial', `file:${this.log}`, '-monitor', 'none', ...devices], { stdio: ['ignore', 'inherit', 'inherit'] });
		const child = this.child;
		running.add(child);
		this.ended = new Promise((done) => child.on('exit', (code, signal) => {
			running.delete(child);
			if (this.child === child) this.child = null;
			done(code ?? signal);
		}));
		this.said = '';
		return until('the serial line is there', 10, () => new Promise((done, fail) => {
			this.wire = net.connect(this.socket, () => done(true));
			this.wire.on('data', (chunk) => (this.said += chunk));
			this.wire.on('error', fail);
		}));
	}
	ready(seconds = 60) {
		return until(`it listens (see ${this.log})`, seconds, () => {
			assert(this.child, 'the machine ended');
			return this.said.includes('@@ready');
		});
	}
	// Output of a command inside; fails with it when its status is not 0.
	async run(command, seconds = 60) {
		const from = this.said.length;
		this.wire.write(`${command}\n`);
		const whole = () => /@@end (\d+)/.exec(this.said.slice(from).replaceAll('\r', ''));
		await until(`inside: ${command}`, seconds, () => {
			assert(this.child, 'the machine ended');
			return whole();
		});
		const out = this.said.slice(from).replaceAll('\r', '').replace(/@@end \d+\s*$/, '');
		assert.equal(whole()[1], '0', `inside: ${command}: ${out}`);
		return out;
	}
	console() {
		return readFileSync(this.log, 'utf8');
	}
	// The plug.
	async kill() {
		if (!this.child) return;
		this.child.kill('SIGKILL');
		await this.ended;
	}
	seconds() {
		return (Date.now() - this.started) / 1000;
	}
	// Since the start by the board's own clock, which is that of its instructions.
	async age() {
		return Number((await this.run('cat /proc/uptime')).split(' ')[0]);
	}
}
