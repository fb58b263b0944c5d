// Goal: accounts as a manager keeps them: employer and role apart, a term, a substitute; a double tap
// on "new account" or "new password" loses nothing; every change is one event of the journal, once,
// also when the power goes; idle accounts rest until somebody unlocks them.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { cleanup, run, test } from '../lib/check.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'staff', ports: [9606, 9609] });
cleanup((failed) => stack.down(failed));
let manager;
const sql = (db, text) => execFileSync('sqlite3', [path.join(stack.data, 'board', db), text], { encoding: 'utf8' }).trim();
const once = (page) => /<span class="mono">([^<]+)<\/span>/.exec(page.html)?.[1];
const idOf = (login) => sql('auth/auth.db', `SELECT id FROM account WHERE login = '${login}'`);
// account.changed as the journal has them: [change, roles, until…] by arrival.
function changes(login) {
	const id = idOf(login);
	return sql('db/tram.db', `SELECT CAST(b.body AS TEXT) FROM journal j JOIN journal_body b USING (board, author, seq)
		WHERE CAST(b.body AS TEXT) LIKE '%"account":"${id}"%' AND CAST(b.body AS TEXT) LIKE '%"change"%' ORDER BY j.seq`)
		.split('\n').filter(Boolean).map((line) => JSON.parse(line));
}
const fields = { name: 'Nguyễn Thị Mẫu', job: 'Công chức', employer: 'post', unit: 'Bưu điện xã', starts: '',
	ends: '', substitute: '', role_intake: '1' };

test.must('a board without its center', async () => {
	await stack.up(['board']);
	manager = stack.admin();
	await manager.login('quanly');
});
test('two taps on "new account" make one account and show one password', async () => {
	const page = await manager.get('/tai-khoan/moi');
	const sent = { ...fields, login: 'mau.mot' };
	const [one, two] = await Promise.all([manager.submit(page, '/tai-khoan/moi', sent),
		manager.submit(page, '/tai-khoan/moi', sent)]);
	assert.equal(one.status, 200, one.text);
	assert.equal(two.status, 200, two.text);
	assert(once(one), one.text);
	assert.equal(once(one), once(two));
	const clerk = stack.clerks();
	const inside = await clerk.submit(await clerk.get('/dang-nhap'), 'dang-nhap', { login: 'mau.mot', password: once(two) });
	assert.equal(inside.path, '/doi-mat-khau');
	clerk.close();
	const other = await manager.submit(await manager.get('/tai-khoan/moi'), '/tai-khoan/moi', sent);
	assert.equal(other.status, 422, 'another form finds the name taken');
});
test('two taps on "new password" show the same one, which opens', async () => {
	const form = () => manager.get(`/tai-khoan/${idOf('mau.mot')}/mat-khau`);
	const page = await form(), witness = { second_login: 'kythuat', second_password: PASSWORD };
	for (const [more, word] of [[{}, 'cần người thứ hai'], [{ ...witness, second_login: 'quanly' }, 'phải là người khác'],
		[{ ...witness, second_login: 'canbo' }, 'không có quyền'], [{ ...witness, second_password: 'Sai-Mat-Khau-1!' }, 'chưa đúng']]) {
		const refused = await manager.submit(page, '/mat-khau', more);
		assert.equal(refused.status, 422, word);
		assert(refused.text.includes(word), refused.text.slice(0, 600));
		assert(!once(refused) && !refused.html.includes('Sai-Mat-Khau'));
	}
	const [one, two] = await Promise.all([1, 2].map(() => manager.submit(page, '/mat-khau', witness)));
	assert(once(one));
	assert.equal(once(one), once(two));
	const next = await manager.submit(await form(), '/mat-khau', witness);
	assert.notEqual(once(next), once(one), 'another day, another password');
	const clerk = stack.clerks();
	const inside = await clerk.submit(await clerk.get('/dang-nhap'), 'dang-nhap', { login: 'mau.mot', password: once(next) });
	assert.equal(inside.path, '/doi-mat-khau');
	clerk.close();
});
test('each change is one event, written by the next page, and never twice', async () => {
	const clerk = stack.clerks();
	await clerk.login('canbo');
	await clerk.get('/quay');
	assert.deepEqual(changes('mau.mot').map((body) => body.change), ['added', 'reset', 'reset']);
	assert.deepEqual(changes('mau.mot')[0].roles, ['intake']);
	assert.equal(sql('auth/auth.db', 'SELECT count(*) FROM outbox'), '0');
	// As after a power cut between the two commits: the event stands, the line too.
	const row = sql('db/tram.db', `SELECT hex(j.subject) || ' ' || CAST(b.body AS TEXT) FROM journal j JOIN journal_body b
		USING (board, author, seq) WHERE CAST(b.body AS TEXT) LIKE '%"change":"added"%' AND CAST(b.body AS TEXT) LIKE '%${idOf('mau.mot')}%'`);
	const [subject, ...body] = row.split(' ');
	sql('auth/auth.db', `INSERT INTO outbox VALUES (1, x'${subject}', 'account.changed', 'system', '${body.join(' ')}')`);
	await clerk.get('/quay');
	assert.equal(sql('auth/auth.db', 'SELECT count(*) FROM outbox'), '0');
	assert.deepEqual(changes('mau.mot').map((body2) => body2.change), ['added', 'reset', 'reset']);
	const names = sql('db/tram.db', "SELECT count(*) FROM journal_body WHERE CAST(body AS TEXT) LIKE '%Nguyễn Thị Mẫu%'");
	assert.equal(names, '0', 'no name of a clerk in the journal');
	clerk.close();
});
test('roles taken while a page is open: the next act is refused, the page says so', async () => {
	const clerk = stack.clerks();
	await clerk.login('canbo');
	const home = await clerk.get('/quay');
	const page = await manager.get(`/tai-khoan/${idOf('canbo')}`);
	assert.match(page.html, /value="intake"|name="role_intake" value="1" checked/);
	const saved = await manager.submit(page, `/tai-khoan/${idOf('canbo')}`, { role_intake: undefined, role_scanner: undefined });
	assert.equal(saved.status, 200, saved.text);
	const refused = await clerk.submit(home, '/ho-so/moi');
	assert.equal(refused.status, 403);
	await manager.submit(await manager.get(`/tai-khoan/${idOf('canbo')}`), `/tai-khoan/${idOf('canbo')}`,
		{ role_intake: '1', role_scanner: '1' });
	assert.equal((await clerk.submit(await clerk.get('/quay'), '/ho-so/moi')).status, 200);
	clerk.close();
});
test('faults of every kind come back beside their field, with everything typed', async () => {
	const page = await manager.get('/tai-khoan/moi');
	const back = await manager.submit(page, '/tai-khoan/moi', { ...fields, login: 'Mẫu Hai', starts: '31/02/2026',
		employer: 'xyz', substitute: 'u-ffffffffffffffff' });
	assert.equal(back.status, 422);
	for (const name of ['starts', 'employer']) assert(back.html.includes(`id="${name}-loi"`), name);
	assert(back.html.includes('value="31/02/2026"') && back.html.includes('value="Bưu điện xã"'));
	const signer = await manager.submit(page, '/tai-khoan/moi', { ...fields, login: 'mau.hai', job: '', role_signer: '1',
		starts: '02/12/2026', ends: '01/12/2026', substitute: 'u-ffffffffffffffff' });
	assert.equal(signer.status, 422);
	for (const name of ['job', 'ends', 'substitute']) assert(signer.html.includes(`id="${name}-loi"`), name);
	const self = await manager.submit(await manager.get(`/tai-khoan/${idOf('quanly')}`), `/tai-khoan/${idOf('quanly')}`,
		{ ends: '01/01/2030' });
	assert.equal(self.status, 422);
	assert.match(self.text, /Không tự bỏ quyền quản lý/);
	assert.equal((await manager.get('/tai-khoan/u-0000000000000000')).status, 404);
});
test('a signer is told to the journal with title and term, and when he signs no more', async () => {
	const page = await manager.get('/tai-khoan/moi');
	await manager.submit(page, '/tai-khoan/moi', { ...fields, name: 'Phạm Văn Ký', login: 'ky.moi', job: 'Phó Chủ tịch',
		role_signer: '1', ends: '31/12/2030' });
	const id = idOf('ky.moi');
	await manager.submit(await manager.get(`/tai-khoan/${id}`), `/tai-khoan/${id}`, { role_signer: undefined });
	const clerk = stack.clerks();
	await clerk.login('canbo');
	await clerk.get('/quay');
	const told = sql('db/tram.db', `SELECT CAST(body AS TEXT) FROM journal_body WHERE CAST(body AS TEXT) LIKE '%"title":"Phó Chủ tịch"%${id}%' ORDER BY seq`)
		.split('\n').map((line) => JSON.parse(line));
	assert.equal(told.length, 2);
	assert.equal(told[0].name, 'Phạm Văn Ký');
	assert.equal(new Date(told[0].until).toISOString(), '2030-12-31T17:00:00.000Z');
	assert(told[1].until <= Date.now());
	clerk.close();
});
test('nobody enters before the first day or after the last', async () => {
	const id = idOf('canbo');
	for (const [starts, ends] of [['01/01/2099', ''], ['', '01/01/2020']]) {
		const saved = await manager.submit(await manager.get(`/tai-khoan/${id}`), `/tai-khoan/${id}`, { starts, ends });
		assert.equal(saved.status, 200, saved.text);
		const clerk = stack.clerks();
		const page = await clerk.submit(await clerk.get('/dang-nhap'), 'dang-nhap', { login: 'canbo', password: PASSWORD });
		assert.equal(page.status, 422);
		assert.match(page.text, /đang khóa hoặc đã hết hạn/);
		clerk.close();
	}
	await manager.submit(await manager.get(`/tai-khoan/${id}`), `/tai-khoan/${id}`, { starts: '', ends: '' });
});
test('many people by a list: faults per row, slips once, nobody twice', async () => {
	const list = ['Họ và tên\tTên đăng nhập\tChức vụ\tCơ quan\tĐơn vị\tViệc được làm', 'Đỗ Thị Một\t\tCông chức\tUBND xã\t\tTiếp nhận+Trả kết quả',
		'Vũ Văn Hai\tvu.hai\t\tBưu chính\tBưu điện xã\tThu tiền', 'Lê Văn Ba\tcanbo\t\t\t\tTiếp nhận', 'Hồ Thị Bốn\t\t\t\t\tNấu cơm',
		'Ngô Văn Năm\tngo.nam\t\t\t\tNgười ký', '\tkhong.ten\t\t\t\tTiếp nhận', 'Vũ Văn Hai\tvu.hai\t\t\t\tThu tiền'].join('\r\n');
	const page = await manager.get('/tai-khoan/danh-sach');
	assert.equal((await manager.submit(page, 'danh-sach', { list: ' \n ' })).status, 422);
	const seen = await manager.submit(page, 'danh-sach', { list });
	assert.equal(seen.status, 200);
	assert.match(seen.text, /mot\.do/);
	for (const word of ['Đã có, giữ nguyên', 'Có việc không nhận ra', 'Người ký phải có chức vụ', 'Chưa có họ tên', 'có hai lần'])
		assert(seen.text.includes(word), word);
	const [one, two] = await Promise.all([1, 2].map(() => manager.submit(seen, 'danh-sach', {}, { button: 'go' })));
	const slips = (answer) => [...answer.html.matchAll(/class="code">([^<]+)</g)].map(([, text]) => text);
	assert.equal(slips(one).length, 4, one.text);
	assert.deepEqual(slips(one), slips(two), 'the second tap prints the same slips');
	assert.deepEqual([slips(one)[0], slips(one)[2]], ['mot.do', 'vu.hai']);
	const clerk = stack.clerks();
	const inside = await clerk.submit(await clerk.get('/dang-nhap'), 'dang-nhap', { login: 'mot.do', password: slips(one)[1] });
	assert.equal(inside.path, '/doi-mat-khau');
	clerk.close();
	const many = Array.from({ length: 41 }, (_, i) => `Người Số${'abcdefghij'[i % 10]};nguoi.${i};;;;Tiếp nhận`).join('\n');
	assert.match((await manager.submit(page, 'danh-sach', { list: many, go: '1' })).text, /tối đa 40 người/);
	assert.equal(sql('auth/auth.db', "SELECT count(*) FROM account WHERE login LIKE 'nguoi.%'"), '0');
});
test('many people by a file: XLSX and CSV as pasted, what is no list is told, nothing is kept', async () => {
	const page = await manager.get('/tai-khoan/danh-sach');
	const send = (content, filename) => manager.submit(page, 'danh-sach', {},
		{ files: [{ name: 'file', filename, type: 'application/octet-stream', content: Buffer.from(content) }] });
	const rows = 'Họ và tên;Tên đăng nhập;Chức vụ;Cơ quan;Đơn vị;Việc được làm\r\n"Bùi Thị ""Tệp""";bui.tep;Công chức;UBND xã;;Tiếp nhận+Trả kết quả\r\nLê Văn Sai;;;;;Nấu cơm\r\n';
	const seen = await send(`\ufeff${rows}`, 'can-bo.csv');
	assert.equal(seen.status, 200, seen.text);
	for (const word of ['bui.tep', 'Có việc không nhận ra']) assert(seen.text.includes(word), word);
	const made = await manager.submit(seen, 'danh-sach', {}, { button: 'go' });
	assert.match(made.text, /bui\.tep/);
	assert.equal(sql('auth/auth.db', "SELECT count(*) FROM account WHERE login = 'bui.tep'"), '1');
	const clerk = stack.clerks();
	await clerk.login('canbo');
	const sheet = await send((await clerk.get('/tiep-quan/mau')).bytes, 'mau.xlsx');
	assert.equal(sheet.status, 200, 'cells of a real XLSX are read');
	assert.match(sheet.text, /Cấp bản sao trích lục hộ tịch/);
	clerk.close();
	for (const [content, words] of [['PK\u0003\u0004hỏng', /không đọc được/], [Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 1, 2, 3]), /không đọc được/],
		['\n', /./], ['a;b\n'.repeat(50000), /tối đa 40 người/]]) {
		const refused = await send(content, 'x.xlsx');
		assert.equal(refused.status, 422, String(content).slice(0, 20));
		assert.match(refused.text, words, refused.text.slice(0, 500));
	}
	assert.equal((await send('x'.repeat(300000), 'to.xlsx')).status, 413);
});
test('an account that lay idle rests until it is unlocked; the last manager always enters', async () => {
	const old = Date.now() - 46 * 86400000;
	sql('auth/auth.db', `UPDATE account SET used_at = ${old}, created_at = ${old} WHERE login IN ('chuyenvien', 'quanly')`);
	const clerk = stack.clerks();
	const page = await clerk.submit(await clerk.get('/dang-nhap'), 'dang-nhap', { login: 'chuyenvien', password: PASSWORD });
	assert.equal(page.status, 422);
	const boss = stack.admin();
	await boss.login('quanly');
	const list = await boss.get('/tai-khoan');
	assert.match(list.text, /Lâu không dùng/);
	await boss.submit(list, `${idOf('chuyenvien')}/mo`);
	await clerk.login('chuyenvien');
	clerk.close();
	boss.close();
});
test('the tables made anew are the same, and the journal is whole', async () => {
	await stack.stop('board');
	assert.equal(stack.tram('board', ['rebuild', '--compare']).status, 0);
	assert.equal(stack.tram('board', ['verify']).status, 0);
});

await run();
