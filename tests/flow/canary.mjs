// Goal: what people say of themselves stands in the journal and nowhere else. A word of its own goes
// into every field of a whole story, on the board and at the center, through faults and through
// acceptance; then no log, no address, no spool, no temporary file, no session store, no public
// database and no health file holds any of them, and neither do the pages that strangers and
// technicians see.
// Not under sanitizers: of what lies in files, after acts that other tests do.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { act, dossier, handOver, tickPapers, url } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { inDays } from '../lib/days.mjs';
import { jpeg, pdf } from '../lib/files.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'canary', ports: [9924, 9927], board: 'poll_active_s = 1\nlookup_url = http://127.0.0.1:9925\n' });
cleanup((failed) => stack.down(failed));
const TYPED = 'Sai-Kanarimatkhau-9!';

// ---- words that stand nowhere else ----
const words = new Map();		// what it was put into → what to look for
let count = 0;
// A sentence with a word of its own.
function word(where) {
	const own = `Kanari${String.fromCharCode(97 + count % 26)}${String.fromCharCode(97 + Math.floor(count++ / 26))}zq`;
	words.set(where, own);
	return `Ông ${own} Thử`;
}
function digits(where, head, length) {
	const own = `${head}${String(73000000 + 7919 * ++count).padStart(length - head.length, '0').slice(-(length - head.length))}`;
	words.set(where, own);
	return own;
}
const mail = (where) => {
	words.set(where, `kanari${++count}mail`);
	return `kanari${count}mail@vidu.vn`;
};
const fill = (names, of) => Object.fromEntries(names.map((name) => [name, word(`${of} ${name}`)]));

// ---- who asks, and what was asked ----
const addresses = new Set();
const pages = [];
function watch(client) {
	const ask = client.request.bind(client);
	client.request = async (method, where, options) => {
		addresses.add(where);
		const answer = await ask(method, where, options);
		if (answer.location) addresses.add(answer.location);
		for (const [, url] of answer.html.matchAll(/\s(?:href|src|action|formaction)="([^"]*)"/g)) addresses.add(url);
		for (const value of Object.values(answer.headers).flat()) pages.push(String(value));
		return answer;
	};
	return client;
}
let clerk, specialist, signer, manager, technician, officer, code, provinceCode, secret;
const seen = { lookup: '', technician: '' };

test.must('everybody logs in', async () => {
	await stack.up();
	[clerk, specialist, signer] = ['canbo', 'chuyenvien', 'nguoiky'].map(() => watch(stack.clerks()));
	for (const [client, login] of [[clerk, 'canbo'], [specialist, 'chuyenvien'], [signer, 'nguoiky']]) await client.login(login);
	manager = watch(stack.admin());
	await manager.login('quanly');
	technician = watch(stack.admin());
	await technician.login('kythuat');
	officer = watch(stack.officers());
	await officer.login('tinh');
});
test.must('what is typed wrong', async () => {
	const stranger = watch(stack.clerks());
	await stranger.submit(await stranger.get('/dang-nhap'), 'dang-nhap', { login: word('login'), password: TYPED });
	await stranger.submit(await stranger.get('/dang-nhap'), 'dang-nhap', { login: 'canbo', password: TYPED });
	const refused = await stranger.post('/dang-nhap', { login: `${word('login with a control')}\u0007`, password: TYPED }, { Origin: 'http://vidu.vn' });
	assert.equal(refused.status, 403);
	stranger.close();
	const home = await clerk.get('/quay');
	for (const q of [word('search'), `${word('search with a control')}\u0007`, digits('searched phone', '09', 10), digits('searched number', '000', 12)])
		await clerk.submit(home, '/tim', { q });
	const token = Object.fromEntries(clerk.form(home, '/tim').fields).csrf;
	await clerk.post('/tim', { csrf: 'x', q: word('search without token') });
	await clerk.post('/tim', { csrf: token, q: `${word('far too much')}${'a'.repeat(80000)}` });
	await clerk.request('POST', '/tim', { body: `csrf=${token}&q=${word('broken form')}&%zz=%`, headers: { Origin: clerk.origin,
		'Content-Type': 'application/x-www-form-urlencoded' } });
	const machine = stack.machine();
	await machine.request('POST', '/v1/journal', { body: `{"h":"${word('journal line')}"}\n`, headers: { 'Content-Type': 'application/x-ndjson' } });
	await machine.request('POST', '/v1/hello', { body: `{"board":"${word('hello')}"}`, headers: { 'Content-Type': 'application/json' } });
	machine.close();
});
// What a person may type into the address itself, or a scanner's gun: the server's own log is meant.
test.must('addresses that are none', async () => {
	const own = 'Kanariaddresszq';
	words.set('address', own);
	for (const port of [stack.boardPort, stack.boardPort + 1, stack.boardPort + 2, stack.centerPort, stack.centerPort + 2]) {
		for (const line of [`GET /${own} HTTP/1.1`, `GET /h/T18685.1-000101-0001.${own} HTTP/1.1`, `GET /${own}%01 HTTP/1.1`, `GET /${own}%zz HTTP/1.1`,
			`GET /a/../${own} HTTP/1.1`, `GET /?q=${own} HTTP/1.1`, `${own} / HTTP/1.1`, `GET /${own}${'a'.repeat(9000)} HTTP/1.1`,
			`POST /ho-so/${own}/chuyen HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc\r\n`, `GET /tinh/${own} HTTP/1.1`,
			`GET / HTTP/1.1\r\nX: ${own}${'a'.repeat(9000)}`, `GET / HTTP/1.1\r\nCookie: tram_intake_b18685-1_r=${own}`, `GET http://${own}/ HTTP/1.1`]) {
			await new Promise((done) => {
				const socket = net.connect(port, '127.0.0.1', () =>
					socket.end(`${line}\r\nHost: 127.0.0.1\r\nReferer: http://127.0.0.1/${own}\r\nUser-Agent: ${own}\r\nConnection: close\r\n\r\n`));
				socket.on('data', () => {}).on('close', done).on('error', done);
				socket.setTimeout(5000, () => socket.destroy());
			});
		}
	}
});
async function takeIn(procedure, of, more = {}) {
	let page = await clerk.submit(await clerk.get('/quay'), '/ho-so/moi');
	const id = page.redirected.split('/')[3];
	const person = { type: 'person', doc_type: 'cccd', who: 'other', channel: 'post', sex: 'nam', birth: '02/09/1985',
		...fill(['name', 'address', 'residence', 's_name', 's_relation', 's_authorisation', 's_authorised_at', 'tracking'], of),
		number: digits(`${of} number`, '000', 12), phone: digits(`${of} phone`, '09', 10), s_phone: digits(`${of} s_phone`, '09', 10),
		s_number: digits(`${of} s_number`, '000', 12), email: mail(`${of} email`), postmark: inDays(-5).typed, s_authorised_on: '01/11/2026' };
	page = await clerk.submit(page, '/nguoi', { ...person, number: 'x' });
	assert.equal(page.status, 422);
	page = await clerk.submit(page, '/nguoi', person);
	assert.match(page.redirected ?? '', /thu-tuc/, page.text.slice(0, 500));
	await clerk.submit(page, '/thu-tuc', { find: word(`${of} find`), search: '1' });
	await clerk.submit(page, '/thu-tuc', { procedure, find: '' });
	page = await clerk.submit(await clerk.get(`/ho-so/moi/${id}/thu-tuc`), '/thu-tuc', { content: word(`${of} content`), find: '' });
	page = await clerk.get(`/ho-so/moi/${id}/giay-to`);
	const paper = /name="file\.([^"]+)"/.exec(page.html)[1];
	// A file name may be a person's name; a file's bytes are the person.
	const inside = `Kanariinside${of[0]}zq`;
	words.set(`${of} file content`, inside);
	const bytes = Buffer.concat([jpeg(3000).subarray(0, -2), Buffer.from(inside), Buffer.from([0xff, 0xd9])]);
	page = await tickPapers(clerk, page, [
		{ name: `file.${paper}`, filename: `${word(`${of} file name`)}.jpg`, type: 'image/jpeg', content: bytes },
		{ name: `file.${paper}`, filename: 'b.pdf', type: 'application/pdf', content: pdf(inside) }]);
	const tus = await clerk.request('POST', '/tai-len', { body: '', headers: { 'Tus-Resumable': '1.0.0', 'Upload-Length': String(bytes.length + 1),
		Origin: clerk.origin, 'X-Tram-Csrf': /name="csrf" value="([^"]+)"/.exec(page.html)[1],
		'Upload-Metadata': `target ${Buffer.from(id).toString('base64')},component ${Buffer.from(paper).toString('base64')},` +
			`filename ${Buffer.from(`${word(`${of} tus name`)}.jpg`).toString('base64')}` } });
	assert.equal(tus.status, 201, tus.html);
	const patched = await clerk.request('PATCH', tus.location, { body: Buffer.concat([bytes, Buffer.from([0])]), headers: { 'Tus-Resumable': '1.0.0', Origin: clerk.origin,
		'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream', 'X-Tram-Csrf': /name="csrf" value="([^"]+)"/.exec(page.html)[1] } });
	assert.equal(patched.status, 204, patched.html);
	page = await clerk.get(`/ho-so/moi/${id}/kiem-tra`);
	const rest = { way: 'post', d_phone: digits(`${of} d_phone`, '09', 10), signature: 'witness',
		...fill(['d_name', 'd_address', 'note', 'place', 'exempt', 'witness'], of), ...more };
	await clerk.submit(page, '/kiem-tra', { ...rest, d_phone: 'x' });
	const done = await clerk.submit(page, '/kiem-tra', rest);
	assert.match(done.redirected ?? '', /xong/, done.text.slice(0, 600));
	const made = decodeURIComponent(done.redirected.split('/')[2]);
	const slip = await clerk.get(url(made, 'giay-hen'));
	secret = /\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b/.exec(slip.text)[0];
	await clerk.submit(slip, '/da-in');
	for (const q of [words.get(`${of} name`), words.get(`${of} phone`), words.get(`${of} number`), words.get(`${of} number`).slice(-4)])
		await clerk.submit(await clerk.get('/quay'), '/tim', { q });
	return made;
}
test.must('a dossier of the commune, through every act', async () => {
	code = await takeIn('2.000635', 'commune');
	const number = words.get('commune number');
	// The person's own page, reached by the card.
	await clerk.submit(await clerk.get('/quay'), '/tim', { q: `${number}|000111222|Ông ${words.get('commune name')} Thử|02091985|Nam|Thôn 1|01012021` });
	words.set('old number on a card', '000111222');
	await act(clerk, code, 'ghi-chu', { text: word('note') });
	await act(clerk, code, 'chuyen', { to: 'none', unit: 'Bộ phận tư pháp', note: word('forward note') });
	await act(specialist, code, 'nhan-xu-ly');
	const chosen = /name="signer" value="([^"]+)"/.exec((await specialist.get(url(code, 'trinh-ky'))).html)[1];
	await act(specialist, code, 'trinh-ky', { signer: chosen, ...fill(['summary', 'note'], 'to sign') });
	await signer.submit(await signer.get(url(code, 'ky')), '/ky', { decision: 'back', reason: word('sent back') });
	await act(specialist, code, 'trinh-ky', { signer: chosen });
	await act(signer, code, 'ky', { decision: 'sign' });
	await act(specialist, code, 'ket-qua', { ...fill(['kind', 'number', 'issuer', 'signer', 'signer_title', 'summary', 'place'], 'result'), signed_on: '24/11/2026' },
		{ files: [{ name: 'file', filename: `${word('result file name')}.pdf`, type: 'application/pdf', content: pdf() }] });
	await act(clerk, code, 'tra', { receiver: 'other', proof: 'authorisation', signature: 'witness', number: digits('receiver number', '000', 12),
		phone: digits('receiver phone', '09', 10), ...fill(['name', 'relation', 'authorisation', 'witness', 'note', 'tracking'], 'receiver') });
	assert.match((await dossier(clerk, code)).text, /Đã trả/);
});
// What came with the whole day: money, questions, old dossiers, papers of a dead box, reasons, ratings.
test.must('money, questions, reasons for a look, a rating', async () => {
	const [boss, other] = ['quanly', 'nhan.hai'].map(() => watch(stack.clerks()));
	assert.equal(stack.tram('board', ['user', 'add', 'nhan.hai', '--name', 'Đặng Thị Thử', '--roles', 'intake', '--keep-password'],
		`${PASSWORD}\n`).status, 0);
	await boss.login('quanly');
	await other.login('nhan.hai');
	const till = await boss.get('/thu-tien/don-vi');
	await boss.submit(till, '/thu-tien/don-vi', { name: word('refused collector'), tax_code: '12' });
	const owed = await takeIn('2.000635', 'owing', { fee_state: 'later', exempt: '' });
	const pay = await clerk.get(url(owed, 'thu-tien'));
	const payer = { method: 'cash', ...fill(['payer', 'payer_address'], 'paid') };
	await clerk.submit(pay, '/thu-tien', { ...payer, payer_tax_code: 'x' });
	await clerk.submit(pay, '/thu-tien', payer);
	await clerk.submit(await clerk.get(url(owed, 'cau-hoi')), '/cau-hoi', { to: 'counter', text: word('question') });
	const asked = await clerk.get(url(owed, 'cau-hoi'));
	await clerk.submit(asked, '/cau-hoi/', { answer: word('answer') });
	await clerk.submit(await clerk.get(url(owed, 'noi-de')), '/noi-de', { place: word('place of paper') });
	await other.submit(await other.get('/chon-quay'), '/chon-quay', { counter: '8' });
	const why = await other.get(url(owed));
	assert.match(why.text, /để làm gì/, why.text.slice(0, 300));
	await other.submit(why, 'id="reason"', { reason: word('reason for a look') });
	await other.post(url(owed, 'ghi-chu'), { csrf: 'x', text: word('note without token') });
	for (const where of ['/so/ho-so', '/so/ho-so/in', '/so/ho-so/tep/csv', '/so/ho-so/tep/xlsx', '/so/bien-lai', '/so/bien-lai/csv', '/cau-hoi', '/ban-giao'])
		assert.equal((await clerk.get(where)).status, 200, where);
	const page = await clerk.request('GET', url(code, 'danh-gia'));
	assert.equal(page.status, 303, page.text);
	const citizen = watch(stack.lookup()), rate = page.location.replace(/^https?:\/\/[^/]+/, '');
	for (const values of [{ level: word('rating'), q1: word('rated') }, { level: 'very', q1: '2', note: word('rated with a field of none') }])
		seen.lookup += (await citizen.post(rate, values)).html;
	for (const client of [boss, other, citizen]) client.close();
});
test.must('old dossiers and papers of a dead box', async () => {
	const boss = watch(stack.clerks());
	await boss.login('quanly');
	const old = { state: 'accepted', received: '10/06/2025', due: '30/06/2025 15:00', number: digits('old number', '000', 12), phone: digits('old phone', '09', 10),
		...fill(['old_code', 'old_agency', 'procedure', 'name', 'address', 'content', 'place'], 'old') };
	const page = await clerk.get('/tiep-quan/moi');
	await clerk.submit(page, '/tiep-quan/moi', { ...old, received: 'x' });
	assert((await clerk.submit(page, '/tiep-quan/moi', old)).redirected);
	const head = 'Mã hồ sơ cũ;Cơ quan cũ;Chủ hồ sơ;Số giấy tờ;Thủ tục;Ngày nhận;Hẹn trả;Nơi để;Tình trạng';
	const row = (of, day) => `K-${count};${word(`${of} agency`)};${word(`${of} name`)};${digits(`${of} number`, '000', 12)};${word(`${of} procedure`)};${day};;${word(`${of} place`)};`;
	const file = [{ name: 'file', filename: `${word('import file name')}.csv`, type: 'text/csv',
		content: Buffer.from([head, row('import', '01/06/2025'), row('bad import', 'hôm qua')].join('\n')) }];
	const preview = await clerk.submit(await clerk.get('/tiep-quan'), '/tai-len/tiep-quan', {}, { files: file });
	assert.match(preview.text, /Sẽ tiếp quản 1/, preview.text.slice(0, 300));
	await clerk.submit(preview, preview.redirected);
	await clerk.submit(await clerk.get('/tiep-quan'), '/tai-len/tiep-quan', {},
		{ files: [{ ...file[0], content: Buffer.from(`PK\u0003\u0004${word('broken sheet')}`) }] });
	await boss.submit(await boss.get('/nhap-bu'), '/nhap-bu/in', { count: '2' });
	const late = { paper_no: '1', true_at: new Date(Date.now() - 86400000 + 7 * 3600000).toISOString().slice(0, 16), reason: word('reason for late') };
	await clerk.submit(await clerk.get('/nhap-bu'), '/nhap-bu"', { ...late, second_login: word('second login'), second_password: TYPED });
	const begun = await clerk.submit(await clerk.get('/nhap-bu'), '/nhap-bu"', { ...late, second_login: 'chuyenvien', second_password: PASSWORD });
	assert.match(begun.redirected ?? '', /nguoi$/, begun.text.slice(0, 400));
	boss.close();
});
test.must('a dossier of the province, there and back', async () => {
	provinceCode = await takeIn('9.999001', 'province');
	await act(clerk, provinceCode, 'ghi-chu', { text: word('province note') });
	await handOver(clerk, provinceCode, 'Sở Thử nghiệm');
	await stack.drained();
	const where = `/ho-so/b18685-1/${encodeURIComponent(provinceCode)}`;
	const page = await officer.get(where);
	await officer.get('/ho-so?loc=tat-ca');
	await officer.submit(page, 'nhan-xu-ly');
	const form = await officer.get(`${where}/ket-qua`);
	const result = { ...fill(['kind', 'number', 'issuer', 'signer', 'summary'], 'province result'), signed_on: '24/11/2026' };
	const files = [{ name: 'file', filename: `${word('province file name')}.pdf`, type: 'application/pdf', content: pdf() }];
	assert.equal((await officer.submit(form, 'ket-qua', { ...result, signed_on: 'x' }, { files })).status, 422);
	await officer.submit(form, 'ket-qua', result, { files });
	await until('the result is here', 20, async () => /Có kết quả, chờ trả/.test((await dossier(clerk, provinceCode)).text));
	await until('and its file', 20, () => stack.status().files_to_fetch === 0);
	const file = /href="([^"]*\/tep\/[0-9a-f]{64})"/.exec((await dossier(clerk, provinceCode)).html)[1];
	assert.equal((await clerk.request('GET', file)).status, 200);
	await act(clerk, provinceCode, 'tra', { receiver: 'applicant', proof: 'slip', signature: 'paper', slip_taken: '1', way: 'counter' });
	await stack.drained();
});
test.must('lookup and administration', async () => {
	for (const client of [watch(stack.lookup()), watch(stack.centerLookup())]) {
		const right = await client.submit(await client.get('/'), '/tra-cuu', { so: provinceCode, ma: secret });
		assert.equal(right.status, 200, right.text.slice(0, 300));
		const wrong = await client.submit(await client.get('/'), '/tra-cuu', { so: word('looked up'), ma: word('looked up with') });
		seen.lookup += right.html + wrong.html.replaceAll(words.get('looked up'), '');
		client.close();
	}
	const form = await manager.get('/tai-khoan/moi');
	await manager.submit(form, '/tai-khoan/moi', { name: word('refused account'), login: 'X Y', job: word('refused job') });
	for (const where of ['/suc-khoe', '/']) seen.technician += (await technician.get(where)).html;
	// Out of the ordinary: a center that goes away in the middle.
	await stack.stop('center');
	await clerk.submit(await clerk.get(url(code, 'ghi-chu')), 'ghi-chu', { text: word('note with a dead link') });
	await until('the link is missed', 20, () => /"link"/.test(readFileSync(path.join(stack.data, 'board/health/health.json'), 'utf8')));
	seen.technician += (await technician.get('/suc-khoe')).html;
	await stack.start('center');
	await stack.drained();
});

// ---- where none of them may be ----
// Everything a side keeps, but what is made to hold people: journal and blobs, accounts, and for ten minutes
// what a person asked for as a file (out). Who looked at
// whom (access.db) lies beside the journal and names nobody.
function filesOf(side) {
	const found = [];
	const walk = (folder) => {
		for (const name of readdirSync(folder)) {
			const file = path.join(folder, name), what = statSync(file);
			if (what.isDirectory()) walk(file);
			else if (what.isFile()) found.push(file);
		}
	};
	for (const name of readdirSync(path.join(stack.data, side)).filter((n) => !['db', 'blobs', 'out'].includes(n))) {
		const at = path.join(stack.data, side, name);
		if (statSync(at).isDirectory()) walk(at);
		else found.push(at);
	}
	for (const name of readdirSync(path.join(stack.data, side, 'db')).filter((n) => n.startsWith('access.db')))
		found.push(path.join(stack.data, side, 'db', name));
	return found;
}
const variants = (own) => [own, own.toLowerCase(), own.toUpperCase(), Buffer.from(own).toString('hex'),
	Buffer.from(`Ông ${own} Thử`).toString('base64'), encodeURIComponent(`Ông ${own}`)];
const holds = (bytes, own) => variants(own).some((text) => bytes.includes(text));

test('the words are where they belong: in the journal, on both sides', () => {
	assert(words.size > 80, `${words.size} words`);
	for (const side of ['board', 'center']) {
		const journal = Buffer.concat(readdirSync(path.join(stack.data, side, 'db')).map((name) => readFileSync(path.join(stack.data, side, 'db', name))));
		// A page of the file may end in the middle of a word.
		const sure = ['commune name', 'commune number', 'commune phone', 'province address', 'note', 'receiver name', 'result issuer', 'province result summary'];
		const there = sure.filter((where) => journal.includes(words.get(where)));
		assert(there.length >= sure.length - 2, `${side} holds only ${there}: then this test finds nothing`);
	}
});
test('no log, session store, public database, health file, spool or temporary file holds one', () => {
	const faults = [];
	let looked = 0;
	for (const side of ['board', 'center']) {
		const files = filesOf(side);
		for (const part of ['log/access.log', 'run/run.db', 'public/public.db', ...(side === 'board' ? ['health/health.json', 'log/intake.log', 'log/forward.log', 'db/access.db'] : [])])
			assert(files.some((file) => file.endsWith(part)), `${side}/${part} was looked at`);
		for (const file of files) {
			const bytes = readFileSync(file);
			looked++;
			for (const [where, own] of words)
				if (holds(bytes, own)) faults.push(`${path.relative(stack.data, file)}: ${where} (${own})`);
		}
	}
	assert(looked > 30, `${looked} files`);
	assert.deepEqual(faults, []);
});
test('no address that was asked for, linked or answered holds one', () => {
	assert(addresses.size > 60, `${addresses.size} addresses`);
	// A telephone's link is dialled, not asked for.
	const faults = [...addresses].filter((address) => !address.startsWith('tel:') && [...words.values()].some((own) => holds(Buffer.from(address), own)));
	assert.deepEqual(faults, []);
	const headers = pages.filter((value) => [...words].some(([where, own]) => !/file name|tus name/.test(where) && holds(Buffer.from(value), own)));
	assert.deepEqual(headers, []);
	assert(![...addresses].some((address) => address.includes(secret)), 'nor the typed secret');
});
test('access logs hold no address at all', () => {
	for (const side of ['board', 'center']) {
		const log = readFileSync(path.join(stack.data, side, 'log/access.log'), 'utf8');
		assert(log.split('\n').length > 50);
		for (const line of log.split('\n').filter(Boolean)) assert.match(line, /^\S+ [0-9.]+ \d+ [A-Z]* \d{3} \d+ \d+$/, line);
	}
});
test('strangers and technicians see none', () => {
	for (const [who, html] of Object.entries(seen))
		for (const [where, own] of words)
			if (!where.startsWith('looked up')) assert(!holds(Buffer.from(html), own), `${who}: ${where}`);
});
test('passwords, session tokens and slip secrets are in no file at all', () => {
	const tokens = [clerk, specialist, signer, manager, technician, officer].flatMap((client) => [...client.cookies.values()]);
	assert.equal(tokens.length, 12);
	for (const own of [PASSWORD, TYPED, ...tokens, secret, secret.replace('-', '')]) {
		const found = execFileSync('sh', ['-c', 'grep -rlaF -e "$1" "$2" || true', 'sh', own, stack.data], { encoding: 'utf8' });
		assert.equal(found, '', own);
	}
});
test('spools and upload folders are empty when the work is done', () => {
	for (const side of ['board', 'center'])
		for (const folder of ['spool', 'upload', 'inbox']) {
			if (!existsSync(path.join(stack.data, side, folder))) continue;
			// What a finished upload answered stays for a day, in case the answer was lost.
			const names = readdirSync(path.join(stack.data, side, folder)).filter((name) => !/^[0-9a-f]{32}\.json$/.test(name));
			assert.deepEqual(names, [], `${side}/${folder}`);
		}
	for (const client of [clerk, specialist, signer, manager, technician, officer]) client.close();
});

await run();
