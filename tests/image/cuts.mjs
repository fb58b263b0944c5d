// Goal: whatever moment the power goes, what was acknowledged is there. A board in emulation takes in dossiers
// while every write to its data disk is logged in the order in which the disk got it; then the disk is made anew
// as it was at each flush (what a disk that keeps its word has after a cut), and each time the file system
// mounts, the store opens and verifies, and holds every dossier that was acknowledged before that flush. The data
// disk is not encrypted here: dm-crypt passes writes and flushes on one by one, and this machine's kernel may have
// none. Started by scripts/image --cuts. Needs root (loop mounts).
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { Client, PASSWORD as DEMO } from '../lib/client.mjs';
import { acceptDossier, person } from '../lib/clerk.mjs';
import { build, root } from '../lib/stack.mjs';
import { Board, sh } from './board.mjs';

const PORT = 9895;
const folder = path.join(root, 'build/test-data/image-cuts');
const plain = { base: `${folder}-base`, log: `${folder}-log` };
const state = `${folder}-state`, copy = `${folder}-copy`, mounted = `${folder}-mounted`;
const LEAST = 500, FLUSH = 1n, DISCARD = 4n, MAGIC = 0x6a736677736872n;
const lookup = (host, options, done) => (options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4));
let board;
cleanup(async () => {
	await board?.kill();
	spawnSync('umount', [mounted]);
	for (const file of [plain.base, plain.log, state, copy]) rmSync(file, { force: true });
});

// ---- the log (Documentation/admin-guide/device-mapper/log-writes.rst) ----

class Log {
	constructor(file) {
		this.fd = openSync(file, 'r');
		const head = this.read(0, 28);
		assert.equal(head.readBigUInt64LE(0), MAGIC);
		this.count = Number(head.readBigUInt64LE(16));
		this.sector = head.readUInt32LE(24);
		this.size = fstatSync(this.fd).size;
	}
	read(at, length) {
		const buffer = Buffer.alloc(length);
		return buffer.subarray(0, readSync(this.fd, buffer, 0, length, at));
	}
	// { at, length, flags, data }: one after the other.
	* entries() {
		let position = this.sector;
		for (let number = 1; number <= this.count; number++) {
			const head = this.read(position, 32);
			if (head.length < 32) return;
			const [sector, sectors, flags] = [0, 8, 16].map((at) => head.readBigUInt64LE(at));
			const length = Number(sectors) * this.sector;
			position += this.sector;
			const has = !(flags & DISCARD) && length > 0;
			yield { number, at: Number(sector) * this.sector, length, flags, data: has ? this.read(position, length) : null };
			if (has) position += length;
		}
	}
	close() {
		closeSync(this.fd);
	}
}
function logged() {
	const log = new Log(plain.log);
	log.close();
	return log.count;
}

const taken = [];
test.must('a board takes in dossiers while its disk is watched', async () => {
	for (const file of [plain.base, plain.log, state, copy]) rmSync(file, { force: true });
	board = new Board(folder, PORT, { plain });
	board.putOnBoot('tram-setup.conf', `commune_code = 18685\nstation_name = Trung tâm Thử\npoint_no = 3\npoint_name = Điểm số 3\npoint_address = Thôn Thử\npoint_phone = 0239 000 0000\nadmin_login = quanly\nadmin_name = Nguyễn Văn Thử\nadmin_password = Mot-Mat-Khau-2026!\nap_name = Tram 3\nap_key = mat khau thu 3\nuplink = none\ncenter_url = https://10.0.2.2:1\ninvitation_later = yes\nrehearse = no\n`);
	await board.start();
	await board.ready(120);
	await until('the station stands', 120, async () => (await board.run('ls /var/lib/tram/tram.conf 2>/dev/null || true')).trim());
	await board.run(`echo '${readFileSync(path.join(root, 'board/demo/confirm.json')).toString('base64')}' | base64 -d >/var/lib/tram/confirm.json && chmod 644 /var/lib/tram/confirm.json && echo "confirm_file = confirm.json" >>/var/lib/tram/tram.conf`);
	await until('accounts are there', 60, () => board.run(`echo '${DEMO}' | tram user add canbo --data /var/lib/tram --name "Nguyễn Thị Thử" --roles intake,cashier,scanner,returner --keep-password`));
	await board.run('systemctl restart "tram-intake@*" "tram-uploads@*"');
	const clerk = new Client(`https://tram.lan:${PORT}`, { rejectUnauthorized: false, lookup });
	await until('the login page', 120, async () => (await clerk.get('/dang-nhap')).status === 200);
	await clerk.login('canbo');
	const log = () => new Log(plain.log);
	const flushes = () => {
		const one = log();
		let count = 0;
		for (const entry of one.entries()) if (entry.flags & FLUSH) count++;
		one.close();
		return count;
	};
	const before = flushes();
	while (flushes() - before < LEAST || taken.length < 8) {
		const { code } = await acceptDossier(clerk, { who: person(), files: taken.length % 2 === 0 });
		// Everything the answer rests on is in the log by now.
		taken.push({ code, at: logged() });
	}
	clerk.close();
	await board.kill();
});

function look(acknowledged, whole) {
	sh('mount', '-o', 'loop,noatime', copy, mounted);
	try {
		const data = mounted;
		const conf = readFileSync(path.join(data, 'tram.conf'), 'utf8');
		writeFileSync(path.join(data, 'tram.conf'), conf.replace(/^(run_dir|sock_dir) = .*$/gm, ''));
		sh(path.join(build, 'tram'), 'verify', '--data', data);
		const codes = new Set(sh('sqlite3', path.join(data, 'db/tram.db'), 'SELECT code FROM dossier').trim().split('\n'));
		for (const { code } of acknowledged) assert(codes.has(code), `${code} was acknowledged`);
		if (whole) sh(path.join(build, 'tram'), 'rebuild', '--data', data, '--compare');
	} finally {
		sh('umount', mounted);
	}
}
test('at every flush the disk mounts, opens, verifies, and holds what was acknowledged', async () => {
	const log = new Log(plain.log);
	sh('mkdir', '-p', mounted);
	sh('cp', '--sparse=always', plain.base, state);
	const out = openSync(state, 'r+');
	let tried = 0, stands = false;
	for (const { number, at, length, flags, data } of log.entries()) {
		if (data) writeSync(out, data, 0, data.length, at);
		else if (flags & DISCARD && length > 0) sh('fallocate', '-p', '-o', String(at), '-l', String(length), state);
		if (!(flags & FLUSH)) continue;
		const acknowledged = taken.filter((one) => one.at <= number);
		sh('cp', '--sparse=always', state, copy);
		// Before there is a station there is nothing to verify; the file system mounts all the same.
		if (!stands) {
			sh('mount', '-o', 'loop,noatime', copy, mounted);
			stands = spawnSync('test', ['-e', path.join(mounted, 'tram.conf')]).status === 0;
			sh('umount', mounted);
			if (!stands) continue;
		}
		try {
			look(acknowledged, tried % 50 === 0);
		} catch (error) {
			throw new Error(`cut after write ${number} of ${log.count}, ${acknowledged.length} acknowledged: ${error.message}`);
		}
		tried++;
	}
	closeSync(out);
	log.close();
	console.log(`measured states ${tried}, writes ${log.count}, dossiers ${taken.length}`);
	assert(tried >= LEAST, `${tried} states`);
});

await run();
