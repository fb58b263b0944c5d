// Goal: a body that is shorter than announced is nobody's form: 400, nothing stored, for every form,
// every program and the machine interface; and a program that is fed nonsense goes on serving.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier, act, chooseProcedure, dossier, startDraft, tickPapers } from '../lib/clerk.mjs';
import { multipart, PASSWORD } from '../lib/client.mjs';
import { ask, raw } from '../lib/fastcgi.mjs';
import { jpeg } from '../lib/files.mjs';
import { Board } from '../lib/board.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'short-body', ports: [9930, 9933] });
cleanup((failed) => stack.down(failed));
const FORM = 'application/x-www-form-urlencoded';
const sock = (side, name) => path.join(stack.data, side, 'sock', `${name}.sock`);
const seq = (side) => Number(JSON.stringify(stack.status(side)).match(/"seq":(\d+)/g)[side === 'board' ? 0 : 1].slice(6));
const url = (code, slug) => `/ho-so/${encodeURIComponent(code)}/${slug}`;
let clerk, specialist, signer, pids;

const cookies = (client) => [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
// A form of page as bytes.
function filled(client, page, word, values = {}, files) {
	const form = client.form(page, word);
	const fields = [...form.fields.filter(([name]) => !(name in values)), ...Object.entries(values)];
	if (files || form.enctype.startsWith('multipart')) return { path: form.action || page.path, ...multipart(fields, files ?? []) };
	return { path: form.action || page.path, type: FORM,
		body: Buffer.from(fields.map(([n, v]) => `${encodeURIComponent(n)}=${encodeURIComponent(v)}`).join('&')) };
}
// The whole body to the program with more announced, and the body cut with its own length announced.
async function short(client, socket, { path: where, body, type }) {
	const headers = { 'Content-Type': type, ...(client ? { Cookie: cookies(client) } : {}) };
	for (const how of [{ body, length: body.length + 40 }, { body: body.subarray(0, body.length >> 1), length: body.length },
		{ body: body.subarray(0, body.length - 3), length: body.length }, { body: Buffer.alloc(0), length: body.length }]) {
		const answer = await ask(socket, { method: 'POST', path: where, headers, ...how });
		assert.equal(answer.status, 400, `${where}: ${how.body.length} of ${how.length}: ${answer.status} ${answer.text.slice(0, 200)}`);
		assert.match(answer.html, /<html lang="vi"/, `${where}: in words`);
		const cut = await ask(socket, { method: 'POST', path: where, headers, ...how, cut: true });
		assert([0, 400].includes(cut.status), `${where}: cut: ${cut.status}`);
	}
}

test.must('a board, a center, everybody logged in', async () => {
	await stack.up();
	[clerk, specialist, signer] = await Promise.all(['canbo', 'chuyenvien', 'nguoiky'].map(async (login) => {
		const client = stack.clerks();
		await client.login(login);
		return client;
	}));
	pids = { board: stack.pids('board'), center: stack.pids('center') };
	const whole = await ask(sock('board', 'intake'), { path: '/dang-nhap' });
	assert.equal(whole.status, 200, 'the socket answers as lighttpd would get it');
	assert(whole.ended);
});
test('logging in, searching, locking', async () => {
	for (const [side, name, client] of [['board', 'intake', stack.clerks()], ['board', 'admin', stack.admin()], ['center', 'officers', stack.officers()]]) {
		const page = await client.get('/dang-nhap');
		await short(client, sock(side, name), filled(client, page, 'dang-nhap', { login: 'canbo', password: PASSWORD }));
		client.close();
	}
	const home = await clerk.get('/quay');
	await short(clerk, sock('board', 'intake'), filled(clerk, home, '/tim', { q: 'Nguyễn Văn Thử' }));
	await short(clerk, sock('board', 'intake'), filled(clerk, home, '/khoa'));
	assert.equal((await clerk.request('GET', '/quay')).status, 200, 'not locked');
	await short(null, sock('board', 'lookup'), { path: '/tra-cuu', type: FORM, body: Buffer.from('so=T18685.1-000101-0001&ma=ABCD2345') });
});
test('the four steps: the draft stays as it was', async () => {
	const home = await clerk.get('/quay');
	const before = seq('board');
	await short(clerk, sock('board', 'intake'), filled(clerk, home, '/ho-so/moi'));
	assert(!/\/ho-so\/moi\/[0-9a-f]{32}/.test((await clerk.get('/quay?viec=nhap')).html), 'no draft was started');
	const draft = await startDraft(clerk, { name: 'Nguyễn Văn Trước', number: '000012345678', address: 'Thôn Chạy Thử', phone: '0900000001' });
	const one = await clerk.get(`/ho-so/moi/${draft.id}/nguoi`);
	await short(clerk, sock('board', 'intake'), filled(clerk, one, '/nguoi', { name: 'Nguyễn Văn Sau' }));
	assert((await clerk.get(`/ho-so/moi/${draft.id}/nguoi`)).html.includes('Nguyễn Văn Trước'));
	await short(clerk, sock('board', 'intake'), filled(clerk, draft.page, '/thu-tuc', { procedure: '2.000635' }));
	const papers = await chooseProcedure(clerk, draft, '2.000635');
	const paper = /name="file\.([^"]+)"/.exec(papers.html)[1];
	await short(clerk, sock('board', 'uploads'), filled(clerk, papers, '/tai-len/', { sets: '7' },
		[{ name: `file.${paper}`, filename: 'a.jpg', type: 'image/jpeg', content: jpeg(90000) }]));
	const after = await clerk.get(`/ho-so/moi/${draft.id}/giay-to`);
	assert(!after.html.includes('value="7"'), 'fields of a cut form are not taken');
	const check = await tickPapers(clerk, after);
	await short(clerk, sock('board', 'intake'), filled(clerk, check, '/kiem-tra'));
	assert.equal(seq('board'), before, 'nothing was accepted');
});
test('acts: the dossier stays as it was', async () => {
	const { code } = await acceptDossier(clerk);
	let before = seq('board');
	await short(clerk, sock('board', 'intake'), filled(clerk, await clerk.get(url(code, 'ghi-chu')), 'ghi-chu', { text: 'Nửa câu' }));
	await short(clerk, sock('board', 'intake'), filled(clerk, await clerk.get(url(code, 'chuyen')), 'chuyen'));
	assert.equal(seq('board'), before);
	await act(specialist, code, 'nhan-xu-ly');
	await act(specialist, code, 'trinh-ky');
	await act(signer, code, 'ky', { decision: 'sign' });
	before = seq('board');
	await short(specialist, sock('board', 'uploads'), filled(specialist, await specialist.get(url(code, 'ket-qua')), 'ket-qua',
		{ kind: 'Trích lục', number: '1', issuer: 'UBND xã', signer: 'Thử', signed_on: '24/11/2026' },
		[{ name: 'file', filename: 'a.jpg', type: 'image/jpeg', content: jpeg(5000) }]));
	assert.equal(seq('board'), before);
	assert(!(await dossier(clerk, code)).text.includes('Nửa câu'));
});
test('the machine interface: neither hello nor journal', async () => {
	const board = new Board(stack, 'b18685-9');
	const machine = sock('center', 'machine');
	const certified = { SSL_CLIENT_VERIFY: 'SUCCESS', SSL_CLIENT_CERT: board.keys.cert.toString() };
	board.log.add('dossier.accepted', { body: (await import('../lib/board.mjs')).acceptedBody('T18685.9-261124-0001') });
	const lines = Buffer.from(board.log.lines());
	for (const [where, body, type] of [['/v1/journal', lines, 'application/x-ndjson'],
		['/v1/hello', Buffer.from(JSON.stringify({ board: 'b18685-9' })), 'application/json']]) {
		for (const how of [{ body, length: body.length + 9 }, { body: body.subarray(0, -5), length: body.length }]) {
			const answer = await ask(machine, { method: 'POST', path: where, params: certified, headers: { 'Content-Type': type }, ...how });
			assert.equal(answer.status, 400, `${where}: ${answer.status} ${answer.html}`);
			assert.match(answer.headers['content-type'], /problem\+json/);
		}
	}
	const listed = stack.status('center').boards.find((one) => one.board === 'b18685-9');
	assert.equal(JSON.stringify(listed).match(/"seq":(\d+)/)[1], '0', 'nothing came in');
	await board.hello();
	await board.ship();
	board.close();
});
test('over the line: a connection that goes in the middle of a form leaves nothing', async () => {
	const { code } = await acceptDossier(clerk);
	const page = await clerk.get(url(code, 'ghi-chu'));
	const before = seq('board');
	const { path: where, body, type } = filled(clerk, page, 'ghi-chu', { text: 'Đứt giữa chừng' });
	for (const part of [0, 10, body.length - 1]) {
		await new Promise((done) => {
			const socket = net.connect(stack.boardPort, '127.0.0.1', () => {
				socket.write(`POST ${where} HTTP/1.1\r\nHost: 127.0.0.1:${stack.boardPort}\r\nCookie: ${cookies(clerk)}\r\n` +
					`Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`);
				socket.write(body.subarray(0, part), () => socket.destroy());
			}).on('close', done).on('error', done);
		});
	}
	const again = await clerk.submit(page, 'ghi-chu', { text: 'Gửi lại cả câu' });
	assert.match(again.text, /Gửi lại cả câu/);
	assert.equal(seq('board'), before + 1);
});
test('lengths that are none', async () => {
	const page = await clerk.get('/quay');
	const { body, type } = filled(clerk, page, '/khoa');
	for (const length of ['-1', 'x', '1e3', '99999999999999999999', '0x10', ' 5', '']) {
		const answer = await ask(sock('board', 'intake'), { method: 'POST', path: '/khoa', body, length, headers: { 'Content-Type': type, Cookie: cookies(clerk) } });
		assert([400, 403, 413].includes(answer.status), `"${length}": ${answer.status}`);
	}
	assert.equal((await clerk.request('GET', '/quay')).status, 200);
	for (const line of ['Content-Length: -1', 'Content-Length: x', 'Content-Length: 5\r\nContent-Length: 6', 'Transfer-Encoding: chunked\r\nContent-Length: 5',
		'Transfer-Encoding: gzip, chunked, x']) {
		const answer = await new Promise((done) => {
			let got = '';
			const socket = net.connect(stack.boardPort, '127.0.0.1', () =>
				socket.write(`POST /khoa HTTP/1.1\r\nHost: 127.0.0.1:${stack.boardPort}\r\nConnection: close\r\n${line}\r\n\r\nhallo`));
			socket.on('data', (chunk) => (got += chunk)).on('close', () => done(got)).on('error', () => done(got));
			socket.setTimeout(5000, () => socket.destroy());
		});
		assert.match(answer, /^HTTP\/1\.1 (400|411|413|501) /, `${line}: ${answer.slice(0, 60)}`);
	}
});
test('nonsense on a program\'s socket stops nobody', async () => {
	const begin = Buffer.from([1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
	const nonsense = [Buffer.alloc(0), Buffer.from([1]), Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.alloc(4096, 0xff), begin,
		Buffer.concat([begin, Buffer.from([1, 4, 0, 1, 0, 0, 0, 0, 1, 5, 0, 1, 0, 0, 0, 0])]),
		Buffer.concat([begin, Buffer.from([1, 4, 0, 1, 0xff, 0xff, 0, 0, 0xff, 0xff, 0xff, 0xff])]),
		Buffer.concat([begin, Buffer.from([1, 4, 0, 1, 0, 10, 0, 0, 0x80, 0, 0, 200, 0x80, 0, 0, 200, 65, 66]), Buffer.from([1, 4, 0, 1, 0, 0, 0, 0])]),
		Buffer.from([1, 1, 0, 1, 0, 8, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0]), Buffer.from([9, 9, 9, 9, 9, 9, 9, 9])];
	for (const [side, names] of [['board', ['intake', 'uploads', 'lookup', 'admin']], ['center', ['officers', 'machine', 'lookup', 'uploads']]]) {
		for (const name of names) {
			for (const bytes of nonsense) await raw(sock(side, name), bytes);
			const alive = await ask(sock(side, name), { path: '/khong-co' });
			assert(alive.status >= 400 && alive.status < 500, `${side} ${name}: ${alive.status}`);
		}
	}
});
test('after all this every process is the one that was started', async () => {
	await until('all answer', 5, async () => (await clerk.request('GET', '/quay')).status === 200);
	assert.deepEqual(stack.pids('board'), pids.board);
	assert.deepEqual(stack.pids('center'), pids.center);
	for (const name of ['intake', 'uploads', 'admin', 'lookup']) assert(!/ (bug|fatal) /.test(stack.log('board', name)), name);
	const log = readFileSync(path.join(stack.data, 'board/log/intake.log'), 'utf8');
	assert(!log.includes('Nửa câu') && !log.includes('Tram-Demo'));
	for (const client of [clerk, specialist, signer]) client.close();
});

await run();
