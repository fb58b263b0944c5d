// Goal: who supervises at the province sees every point's machine, invites one (a code shown once, good for
// one machine), revokes one at once and says why, and says yes to a renewal that comes very late; the machine
// is joined from its own page, where people compare six groups of digits first, also through a proxy and
// when the first address of the center is dead. A courier's stick goes in and out by a page without a key.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier, decideAtProvince, handOver } from '../lib/clerk.mjs';
import { multipart } from '../lib/client.mjs';
import { health } from '../lib/fake_center.mjs';
import { Stack } from '../lib/stack.mjs';

const PROXY = 9513, DEAD = 9514;
const stack = new Stack({ name: 'boards', ports: [9503, 9506],
	board: `retry_min_s = 1\npoll_max_s = 2\npoll_active_s = 1\nlink_timeout_s = 3\nlink_proxy = http://127.0.0.1:${PROXY}\n` });
cleanup((failed) => stack.down(failed));
const keys = path.join(stack.data, 'board/keys/link');
const stick = path.join(stack.data, 'usb');
const sql = (text) => execFileSync('sqlite3', ['-cmd', '.timeout 5000', path.join(stack.data, 'center/db/tram.db'), text],
	{ encoding: 'utf8' }).trim();
const ca = () => new X509Certificate(readFileSync(path.join(stack.data, 'pki/ca.crt'))).raw;
const groups = () => {
	const hash = createHash('sha256').update(ca()).digest();
	return [0, 1, 2, 3, 4, 5].map((i) => String(hash.readUInt16BE(2 * i) % 10000).padStart(4, '0')).join(' ');
};
const TOKEN = /b18685-1\/([0-9A-Z]{5}-){10}[0-9A-Z]{5}/;
const asked = [];
let chief, officer, technician, clerk, proxy, token;

// Fills the form of invitation; the answer is the page itself, the code stands in no address.
async function invite(values = {}) {
	const page = await chief.get('/diem/moi');
	const form = chief.form(page, '/diem/moi');
	const fields = [...form.fields.filter(([name]) => !(name in values)), ...Object.entries(values)];
	return [await chief.post('/diem/moi', fields), fields];
}
const who = { board: 'b18685-1', name: 'Trung tâm xã Cẩm Bình', point_name: 'Điểm số 1', address: 'Thôn Thử', phone: '0239 000 0000' };

test.must('a center; a board that nobody knows, with a proxy before it and a dead first address', async () => {
	await stack.up(['center']);
	for (const name of readdirSync(keys)) if (!['slip.key', 'stick.key', 'stick.pub'].includes(name)) rmSync(path.join(keys, name));
	sql('DELETE FROM link_board');
	const conf = path.join(stack.data, 'board/tram.conf');
	const good = `https://127.0.0.1:${stack.centerPort + 1}`;
	writeFileSync(conf, readFileSync(conf, 'utf8').replace(/^center_url = .*$/m, `center_url = https://127.0.0.1:${DEAD}\ncenter_more = ${good}`));
	proxy = http.createServer();
	proxy.on('connect', (request, near) => {
		asked.push(request.url);
		const [host, port] = request.url.split(':');
		const far = net.connect(Number(port), host, () => {
			near.write('HTTP/1.1 200 Connection established\r\n\r\n');
			far.pipe(near).pipe(far);
		});
		far.on('error', () => near.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'));
		near.on('error', () => far.destroy());
		near.on('close', () => far.destroy());
	});
	await new Promise((done) => proxy.listen(PROXY, '127.0.0.1', done));
	cleanup(() => proxy.closeAllConnections?.() ?? proxy.close());
	await stack.start('board');
	await until('said', 20, () => health(stack).reason === 'not-enrolled');
	[chief, officer, technician] = [stack.officers(), stack.officers(), stack.admin()];
	await chief.login('giamsat');
	await officer.login('tinh');
	await technician.login('kythuat');
});
test('an officer sees the list; only who supervises invites', async () => {
	const page = await officer.get('/diem');
	assert.match(page.text, /Chưa có máy nào/);
	assert.doesNotMatch(page.html, /\/diem\/moi/);
	assert.equal((await officer.request('GET', '/diem/moi')).status, 403);
	assert.match((await chief.get('/diem')).html, /href="\/diem\/moi"/);
});
test('a name that is none: the page comes back with everything typed', async () => {
	for (const board of ['', 'B18685-1', 'b18685 1', 'b/1', 'x'.repeat(40)]) {
		const [page] = await invite({ ...who, board });
		assert.equal(page.status, 422, board);
		assert(page.html.includes('value="Điểm số 1"'));
	}
	assert.equal(sql('SELECT count(*) FROM link_invite'), '0');
});
test.must('the code is shown once, with a QR and the center\'s mark; a second tap shows the same one', async () => {
	const [page, fields] = await invite(who);
	assert.equal(page.status, 200);
	token = TOKEN.exec(page.text)[0];
	assert(page.text.includes(groups()), 'the mark of the center');
	assert.match(page.html, /<svg/);
	assert.equal(page.headers['cache-control'], 'no-store');
	const again = await chief.post('/diem/moi', fields);
	assert.equal(TOKEN.exec(again.text)[0], token);
	assert.equal(sql('SELECT count(*) FROM link_invite'), '1');
	const list = await chief.get('/diem');
	assert.match(list.text, /Đã mời, chưa đến/);
	assert.match(list.text, /Ngô Thị Thử/);
	assert.doesNotMatch(list.html + stack.log('center', 'officers.0'), new RegExp(token.slice(10, 30)));
	const kept = sql('SELECT hex(token) FROM link_invite');
	assert.match(kept, /^[0-9A-F]{64}$/);
});
test('on the board: a slip of the finger and another board\'s code are told at once', async () => {
	const page = await technician.get('/noi-tinh');
	assert.match(page.text, /Mã mời/);
	for (const [typed, word] of [['', /./], ['abc', /gõ chưa đúng/], [token.slice(0, -1) + (token.endsWith('0') ? '1' : '0'), /gõ chưa đúng/]]) {
		const answer = await technician.submit(page, '/noi-tinh', { token: typed });
		assert.equal(answer.status, 422, typed);
		assert.match(answer.text, word);
	}
	const [other] = await invite({ ...who, board: 'b18685-2' });
	const foreign = /b18685-2\/([0-9A-Z]{5}-){10}[0-9A-Z]{5}/.exec(other.text)[0];
	const answer = await technician.submit(page, '/noi-tinh', { token: foreign });
	assert.equal(answer.status, 422);
	assert.match(answer.text, /mời máy b18685-2, còn máy này là b18685-1/);
	assert.equal(existsSync(path.join(stack.data, 'board/inbox/enrol')), false);
});
test.must('six groups to compare, then it joins: through the proxy, by the second address', async () => {
	const look = await technician.submit(await technician.get('/noi-tinh'), '/noi-tinh',
		{ token: token.toLowerCase().replaceAll('-', ' ').replace('b18685 1', 'b18685-1') });
	assert.equal(look.status, 200);
	assert(look.text.includes(groups()), 'the same mark as the officer has');
	assert.equal(existsSync(path.join(stack.data, 'board/inbox/enrol')), false, 'nothing is sent before');
	const page = await technician.submit(look, '/noi-tinh');
	assert.match(page.redirected ?? page.path, /\/noi-tinh\?tu=\d+/);
	assert.doesNotMatch(page.redirected ?? page.path, /b18685/);
	const where = page.redirected ?? page.path;
	await until('it says so', 40, async () => /Đã nối với tỉnh\./.test((await technician.get(where)).text));
	assert(asked.includes(`127.0.0.1:${DEAD}`) && asked.includes(`127.0.0.1:${stack.centerPort + 1}`), asked.join(' '));
	clerk = stack.clerks();
	await clerk.login('canbo');
	await acceptDossier(clerk);
	await stack.drained(60);
	assert.match((await technician.get('/noi-tinh')).text, /Máy đã nối với tỉnh/);
});
test('the list tells state, certificate, program and how far both logs have come', async () => {
	const page = await officer.get('/diem');
	assert.match(page.text, /Đang nối/);
	const seq = sql("SELECT max(seq) FROM journal WHERE board = 'b18685-1' AND author = 0") || sql("SELECT max(seq) FROM journal WHERE board = 'b18685-1'");
	const one = await officer.get('/diem/b18685-1');
	assert.match(one.text, new RegExp(`nhận ${seq} việc`));
	assert.match(one.text, /Phần mềm \d+\.\d+/);
	assert.match(one.text, /đến \d\d\/\d\d\/20\d\d/);
	assert.doesNotMatch(one.html, /thu-hoi/, 'an officer revokes nothing');
	assert.equal((await officer.post('/diem/b18685-1/thu-hoi', { csrf: /name="csrf" value="([^"]+)"/.exec(one.html)[1], reason: 'x' })).status, 403);
});
test('a used code serves nobody, and the page says so', async () => {
	const look = await technician.submit(await technician.get('/noi-tinh'), '/noi-tinh', { token });
	const page = await technician.submit(look, '/noi-tinh');
	const where = page.redirected ?? page.path;
	await until('it says so', 40, async () => /Tỉnh không nhận mã này/.test((await technician.get(where)).text));
});
test('a label that another box bears already: refused, and the reason is a sentence', async () => {
	const label = 'ab'.repeat(32);
	sql(`INSERT INTO link_board (board, name, point, fingerprint, slip_key, revoked, fenced, hello_counter, seen_at, label)
		VALUES ('b18685-9', 'Máy khác', '{}', zeroblob(32), zeroblob(32), 0, 0, 0, 0, '${label}')`);
	writeFileSync(path.join(keys, 'label'), `${label}\n`);
	chmodSync(path.join(keys, 'label'), 0o644);
	const [made] = await invite(who);
	const look = await technician.submit(await technician.get('/noi-tinh'), '/noi-tinh', { token: TOKEN.exec(made.text)[0] });
	const page = await technician.submit(look, '/noi-tinh');
	const where = page.redirected ?? page.path;
	await until('it says so', 40, async () => /Nhãn trên hộp này đã dùng/.test((await technician.get(where)).text));
	rmSync(path.join(keys, 'label'));
	sql("DELETE FROM link_board WHERE board = 'b18685-9'");
});
test('a renewal that comes very late waits for a yes, which is given once', async () => {
	sql("INSERT INTO link_cert (board, key_id, state, fingerprint, cert, not_after, late_days, asked_at, officer) VALUES " +
		"('b18685-1', 'k', 0, x'', '', 0, 200, 9999999999999, '')");
	const page = await chief.get('/diem/b18685-1');
	assert.match(page.text, /hết hạn 200 ngày/);
	assert.match((await officer.get('/diem/b18685-1')).text, /Người quản lý của tỉnh xác nhận/);
	const done = await chief.submit(page, '/gia-han');
	assert.match(done.text, /Đã xác nhận/);
	assert.equal(sql("SELECT state || ' ' || (officer LIKE 'c-%') FROM link_cert WHERE key_id = 'k'"), '1 1');
	const late = stack.officers();
	await late.login('giamsat');
	const fields = chief.form(page, '/gia-han').fields.filter(([name]) => name !== 'csrf');
	const token2 = /name="csrf" value="([^"]+)"/.exec((await late.get('/diem')).html)[1];
	const second = await late.post('/diem/b18685-1/gia-han', [...fields.map(([n, v]) => [n, n === 'form_id' ? '1'.repeat(32) : v]), ['csrf', token2]]);
	assert.equal(second.status, 409);
	assert.match(second.text, /Không còn gì chờ/);
	assert.equal((await chief.submit(page, '/gia-han')).status, 200, 'a second tap is harmless');
	late.close();
	sql("DELETE FROM link_cert WHERE key_id = 'k'");
});
test.must('a courier brings a stick: its parts go in by the page, twice does no harm', async () => {
	await stack.stop('center');
	mkdirSync(stick);
	const { code } = await acceptDossier(clerk, { procedure: '9.999001', files: true });
	await handOver(clerk, code);
	await stack.stop('board');
	chmodSync(stick, 0o777);
	assert.equal(stack.tram('board', ['bundle', '--out', stick]).status, 0);
	await stack.start('center');
	officer = stack.officers();
	chief = stack.officers();
	await officer.login('tinh');
	await chief.login('giamsat');
	const files = readdirSync(stick).filter((name) => name.endsWith('.age')).map((name) => ({ name: 'part', filename: name,
		content: readFileSync(path.join(stick, name)) }));
	const send = async (list) => {
		const form = officer.form(await officer.get('/usb'), '/tai-len/usb');
		const { body, type } = multipart(form.fields, list);
		return officer.request('POST', form.action, { body, headers: { Origin: officer.origin, 'Content-Type': type } });
	};
	assert.equal((await send(files)).status, 303);
	let page = await until('it was taken', 20, async () => {
		const now = await officer.get('/usb');
		return /Đã nhận \d|Đã nhận (\d+)|việc, \d+ tệp mới/.test(now.text) && now;
	});
	assert.match(page.text, /\d+ việc, \d+ tệp mới/);
	const digest = createHash('sha256').update(files[0].content).digest();
	assert(page.text.includes(String(digest.readUInt16BE(0) % 10000).padStart(4, '0')), 'the digits of the courier\'s note');
	assert.equal((await send(files)).status, 303);
	page = await until('it was there', 20, async () => {
		const now = await officer.get('/usb');
		return /Đã có từ trước/.test(now.text) && now;
	});
	assert.equal((await officer.get(`/ho-so/b18685-1/${encodeURIComponent(code)}`)).status, 200);
	// Bytes that are no part, nothing at all, and a part with one bit turned.
	assert.equal((await send([{ name: 'part', filename: 'x.age', content: Buffer.from('xin chào') }])).status, 422);
	assert.equal((await send([])).status, 422);
	const broken = Buffer.from(files[0].content);
	broken[broken.length - 40] ^= 1;
	assert.equal((await send([{ ...files[0], content: broken }])).status, 303);
	await until('refused', 20, async () => /bị cắt hoặc bị sửa/.test((await officer.get('/usb')).text));
	const { body, type } = multipart([['form_id', '0'.repeat(32)]], files);
	assert.equal((await officer.request('POST', '/tai-len/usb', { body, headers: { Origin: officer.origin, 'Content-Type': type } })).status, 403);
	await decideAtProvince(officer, 'b18685-1', code);
});
test('the same in pieces, as a browser with a script sends what is larger than one request', async () => {
	const bytes = readFileSync(path.join(stick, readdirSync(stick).filter((name) => name.endsWith('.age'))[0]));
	const csrf = /name="csrf" value="([^"]+)"/.exec((await officer.get('/usb')).html)[1];
	const head = { Origin: officer.origin, 'Tus-Resumable': '1.0.0', 'X-Tram-Csrf': csrf };
	const target = Buffer.from('usb').toString('base64'), name = Buffer.from('phan.age').toString('base64');
	const create = (length, metadata = `filename ${name},target ${target}`) => officer.request('POST', '/tai-len',
		{ headers: { ...head, 'Upload-Length': String(length), 'Upload-Metadata': metadata } });
	assert.equal((await create(5000000000)).status, 413, 'no part is larger than FAT32 takes');
	assert.equal((await create(bytes.length, `filename ${name}`)).status, 422);
	const made = await create(bytes.length);
	assert.equal(made.status, 201);
	const half = bytes.length >> 1;
	for (const [from, to] of [[0, half], [half, bytes.length]]) {
		const sent = await officer.request('PATCH', made.location, { body: bytes.subarray(from, to),
			headers: { ...head, 'Upload-Offset': String(from), 'Content-Type': 'application/offset+octet-stream' } });
		assert.equal(sent.status, 204);
	}
	await until('it came', 20, async () => (await officer.get('/usb')).text.includes('phan.age'));
	const other = await officer.request('HEAD', `/tai-len/${'0'.repeat(32)}`, { headers: head });
	assert.equal(other.status, 404);
});
test('what goes back is made and downloaded, and the board takes it', async () => {
	await officer.submit(await officer.get('/usb'), '/usb/ve', { board: 'b18685-1' });
	const page = await until('it is made', 20, async () => {
		const now = await officer.get('/usb');
		return now.html.includes('/usb/ve/b18685-1/') && now;
	});
	const url = /href="(\/usb\/ve\/b18685-1\/[^"]+)"/.exec(page.html)[1];
	const file = await officer.request('GET', url);
	assert.equal(file.status, 200);
	assert.match(file.headers['content-disposition'], /attachment/);
	assert.equal(file.bytes.subarray(0, 21).toString(), 'age-encryption.org/v1');
	for (const wrong of ['/usb/ve/b18685-1/khong-co.age', '/usb/ve/b18685-2/x.age', '/usb/ve/b18685-1/..%2f..%2ftram.conf'])
		assert([400, 404].includes((await officer.request('GET', wrong)).status), wrong);
	const back = path.join(stick, 've.age');
	writeFileSync(back, file.bytes);
	const taken = stack.tram('board', ['import', back]);
	assert.equal(taken.status, 0, taken.stderr + taken.stdout);
	assert.match(taken.stdout, /taken/);
	assert.equal((await officer.post('/usb/ve', { csrf: /name="csrf" value="([^"]+)"/.exec(page.html)[1], board: 'b0-0' })).status, 404);
});
test('the receipt key changed meanwhile: the stick brings the announcement, and what the new key signed is taken', async () => {
	const dir = path.join(stack.data, 'center/keys/center');
	const pki = (...args) => execFileSync(path.resolve('build/tram'), ['pki', ...args, '--out', dir]);
	assert.equal(existsSync(path.join(keys, 'receipt.chain')), false);
	await stack.stop('center');
	pki('receipt-roll');
	pki('receipt-switch', '--days', '0');
	const back = path.join(stack.data, 'back');
	mkdirSync(back);
	chmodSync(back, 0o777);
	const made = stack.tram('center', ['bundle', '--board', 'b18685-1', '--out', back]);
	assert.equal(made.status, 0, made.stderr);
	const taken = stack.tram('board', ['import', ...readdirSync(back).map((name) => path.join(back, name))]);
	assert.equal(taken.status, 0, taken.stderr + taken.stdout);
	assert.doesNotMatch(taken.stdout, /refused/);
	assert.equal(readFileSync(path.join(keys, 'receipt.chain'), 'utf8').trim().split('\n').length, 1);
	await stack.start('center');
	officer = stack.officers();
	chief = stack.officers();
	await officer.login('tinh');
	await chief.login('giamsat');
});
test('revoked, with a reason: at once; who comes second is told who was first', async () => {
	await stack.start('board');
	await stack.drained(60);
	const page = await chief.get('/diem/b18685-1');
	const empty = await chief.submit(page, '/thu-hoi', { reason: '' });
	assert.equal(empty.status, 422);
	assert.equal((await stack.machine().request('GET', '/v1/feed?after=0')).status, 200);
	const done = await chief.submit(page, '/thu-hoi', { reason: 'Mất hộp đêm 26, <b>công an</b> xã báo' });
	assert.match(done.text, /Đã thu hồi/);
	assert.match(done.text, /Mất hộp đêm 26, <b>công an<\/b> xã báo/);
	assert.match(done.text, /Ngô Thị Thử đã thu hồi/);
	assert.match((await stack.machine().request('GET', '/v1/feed?after=0')).html, /certificate-revoked/);
	const late = await chief.submit({ ...page, html: page.html.replace(/name="form_id" value="[0-9a-f]{32}"/g, `name="form_id" value="${'2'.repeat(32)}"`) }, '/thu-hoi', { reason: 'lần hai' });
	assert.equal(late.status, 409);
	assert.match(late.text, /trước\. Chưa có gì thay đổi/);
	assert.match(late.text, /lần hai/, 'what was typed is not lost');
	assert.equal(sql("SELECT revoked_why FROM link_board WHERE board = 'b18685-1'").includes('lần hai'), false);
	for (const client of [chief, officer, technician, clerk]) client.close();
});
await run();
