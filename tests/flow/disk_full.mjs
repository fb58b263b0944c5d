// Goal: a card that runs full refuses new work early and in words, keeps all that was accepted, lets
// what is open be finished as long as there is room at all, and goes on by itself when room is made.
// Board and center live on a small file system of their own.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, skip, test, until } from '../lib/check.mjs';
import { acceptDossier, act, chooseProcedure, dossier, startDraft, tickPapers, url } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { jpeg } from '../lib/files.mjs';
import { Stack, root } from '../lib/stack.mjs';

const MIB = 1024 * 1024;
const RESERVE = 12 * MIB;
const disk = path.join(root, 'build/test-data/disk-full');
const filler = path.join(disk, 'filler');
const stack = new Stack({ name: 'disk-full/data', ports: [9948, 9951], board: `reserve_bytes = ${RESERVE}\npoll_active_s = 1` });
let mounted = false;
cleanup(async () => {
	if (existsSync(filler)) rmSync(filler);
	await stack.down(true);
	if (mounted) spawnSync('umount', [disk]);
});

const free = () => {
	const now = statfsSync(disk);
	return now.bavail * now.bsize;
};
// Leaves about this much room; the programs go on writing meanwhile.
function leave(bytes) {
	if (existsSync(filler)) rmSync(filler);
	for (let tries = 0; tries < 20; tries++) {
		const size = free() - bytes;
		assert(size > 0, `only ${free()} are free`);
		if (spawnSync('fallocate', ['-l', String(size), filler]).status === 0) return;
	}
	assert.fail(`${free()} are free, and cannot be taken`);
}
function fill() {
	leave(64 * 1024);
	// The last blocks, one by one, until the file system itself says no.
	const fd = openSync(filler, 'a');
	try {
		for (;;) writeSync(fd, Buffer.alloc(4096));
	} catch (error) {
		assert.equal(error.code, 'ENOSPC');
	} finally {
		closeSync(fd);
	}
	assert(free() < 16 * 1024, `${free()} left`);
}
const inWords = (answer, what) => {
	assert([503, 507, 422].includes(answer.status), `${what}: ${answer.status} ${answer.location} ${answer.text.slice(0, 200)}`);
	assert.match(answer.html, /<html lang="vi"/, what);
	assert.match(answer.text, /hết chỗ|đầy|chưa được lưu|chưa lưu/, `${what}: ${answer.text.slice(0, 400)}`);
};
let clerk, specialist, first, half, check, draft;

test.must('a small disk, a board, a center, a dossier', async () => {
	if (process.getuid() !== 0) skip('only root can mount a small file system');
	mkdirSync(disk, { recursive: true });
	spawnSync('umount', [disk]);
	const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=96m,mode=755', 'tram-test', disk], { encoding: 'utf8' });
	if (mount.status !== 0) skip(`cannot mount a tmpfs: ${mount.stderr.trim()}`);
	mounted = true;
	await stack.up();
	clerk = stack.clerks();
	specialist = stack.clerks();
	await clerk.login('canbo');
	await specialist.login('chuyenvien');
	first = (await acceptDossier(clerk, { files: true })).code;
	await stack.drained();
	draft = await startDraft(clerk);
	const papers = await chooseProcedure(clerk, draft, '2.000635');
	check = await tickPapers(clerk, papers, true);
});
test('below the reserve no new dossier is taken in: told before anything is written, the draft stays', async () => {
	leave(RESERVE - 4 * MIB);
	const before = stack.status().unsent;
	const refused = await clerk.submit(check, '/kiem-tra', { note: 'Ghi khi hết chỗ' }, { follow: false });
	inWords(refused, 'accepting');
	assert.match(refused.text, /vẫn an toàn|vẫn được giữ/, 'is it safe?');
	assert.equal(stack.status().unsent, before);
	assert.equal((await clerk.get(`/ho-so/moi/${draft.id}/kiem-tra`)).status, 200, 'the draft is there');
});
test('nor is another one begun: told before anything is typed', async () => {
	inWords(await clerk.submit(await clerk.get('/quay'), '/ho-so/moi', {}, { follow: false }), 'a new draft');
});
test('nor scans for it: they would take the room of what is open', async () => {
	const page = await clerk.get(`/ho-so/moi/${draft.id}/giay-to`);
	const paper = /name="file\.([^"]+)"/.exec(page.html)[1];
	inWords(await clerk.submit(page, '/tai-len/', { add_name: '' }, { button: 'all', follow: false,
		files: [{ name: `file.${paper}`, filename: 'a.jpg', type: 'image/jpeg', content: jpeg(5000) }] }), 'a scan');
	assert.equal((await clerk.get(`/ho-so/moi/${draft.id}/giay-to`)).status, 200);
});
test('what is open is finished all the same', async () => {
	await act(specialist, first, 'nhan-xu-ly');
	await act(clerk, first, 'ghi-chu', { text: 'Còn chỗ cho việc đang làm' });
	assert.match((await dossier(clerk, first)).text, /Còn chỗ cho việc đang làm/);
});
test('full to the last block: pages open, acts are refused in words, nothing half is stored', async () => {
	fill();
	for (const where of ['/quay', url(first), url(first, 'giay-hen'), '/tra-ket-qua']) {
		const page = await clerk.get(where);
		assert.equal(page.status, 200, `${where}: ${page.status} ${page.text.slice(0, 200)}`);
	}
	const note = await clerk.get(url(first, 'ghi-chu'));
	half = note;
	// Some room may be left inside the files: small acts may go on until there is none.
	let answer;
	for (let i = 0; i < 400; i++) {
		answer = await clerk.submit(await clerk.get(url(first, 'ghi-chu')), 'ghi-chu', { text: `Ghi chú ${i} ${'dài '.repeat(300)}` }, { follow: false });
		if (answer.status !== 303) break;
	}
	inWords(answer, 'a note');
	inWords(await clerk.submit(check, '/kiem-tra', {}, { follow: false }), 'accepting');
	assert.match((await dossier(clerk, first)).text, /Còn chỗ cho việc đang làm/, 'what was written is there');
});
test('a file for the full disk is refused in words; its upload keeps an honest offset', async () => {
	const page = await clerk.get(`/ho-so/moi/${draft.id}/giay-to`);
	const paper = /name="file\.([^"]+)"/.exec(page.html)[1];
	const answer = await clerk.submit(page, '/tai-len/', {}, { files: [{ name: `file.${paper}`, filename: 'a.jpg', type: 'image/jpeg', content: jpeg(400000) }], follow: false });
	// lighttpd itself may find no room for the body before any program of ours sees it.
	if (answer.status !== 500) inWords(answer, 'a form with a file');
	assert.match(answer.text, /vẫn an toàn|vẫn được giữ/, answer.text.slice(0, 300));
	const token = /name="csrf" value="([^"]+)"/.exec(page.html)[1];
	const b64 = (text) => Buffer.from(text).toString('base64');
	const headers = { 'Tus-Resumable': '1.0.0', Origin: clerk.origin, 'X-Tram-Csrf': token };
	const made = await clerk.request('POST', '/tai-len', { body: '', headers: { ...headers, 'Upload-Length': '300000',
		'Upload-Metadata': `target ${b64(draft.id)},component ${b64(paper)},filename ${b64('b.jpg')}` } });
	assert([201, 507].includes(made.status), `${made.status} ${made.html}`);
});
test('a stranger at the login is told, and the programs go on', async () => {
	const other = stack.clerks();
	const answer = await other.submit(await other.get('/dang-nhap'), 'dang-nhap', { login: 'nguoiky', password: PASSWORD }, { follow: false });
	assert(answer.status === 303 || answer.status >= 500 || answer.status === 422, `${answer.status}`);
	if (answer.status !== 303) assert.match(answer.html, /<html lang="vi"/);
	other.close();
	const citizen = stack.lookup();
	assert.equal((await citizen.get('/')).status, 200);
	citizen.close();
});
test('room is made: everything goes on by itself, with the same page and the same form', async () => {
	rmSync(filler);
	const done = await until('the dossier is taken in', 20, async () => {
		const answer = await clerk.submit(check, '/kiem-tra', { note: 'Đã có chỗ' }, { follow: false });
		return answer.status === 303 && /\/xong/.test(answer.location) && answer;
	});
	const code = decodeURIComponent(done.location.split('/')[2]);
	const again = await clerk.submit(check, '/kiem-tra', { note: 'Đã có chỗ' }, { follow: false });
	assert.equal(again.location, done.location, 'once');
	const noted = await clerk.submit(half, 'ghi-chu', { text: 'Ghi tiếp được' });
	assert.match(noted.text, /Ghi tiếp được/);
	await acceptDossier(clerk, { files: true });
	await stack.drained(60);
	await until('the province has all of it', 30, async () => /Tỉnh đã nhận đủ/.test((await dossier(clerk, code)).text));
	const links = [...(await dossier(clerk, code)).html.matchAll(/href="([^"]*\/tep\/([0-9a-f]{64}))"/g)];
	assert.equal(new Set(links.map((m) => m[2])).size, 2, 'two photos are one PDF');
	for (const [, link, hash] of links)
		assert.equal(createHash('sha256').update((await clerk.request('GET', link)).bytes).digest('hex'), hash);
	stack.verifyBoth();
	for (const side of ['board', 'center']) {
		const verify = stack.tram(side, ['verify']);
		assert.equal(verify.status, 0, verify.stdout + verify.stderr);
	}
	clerk.close();
	specialist.close();
});

await run();
