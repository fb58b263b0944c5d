// boards.mjs: machines at the province, the stick's page, joining, first boot and the last look before leaving, in
// real Chromium: three widths, axe, valid HTML, no control smaller than a finger; papers as PDF.
import { strict as assert } from 'node:assert';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier, handOver } from '../lib/clerk.mjs';
import { Browser } from '../lib/look.mjs';
import { SetupPages } from '../lib/setup.mjs';
import { build, Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'boards-browser', ports: [9536, 9553] });
const officers = `http://127.0.0.1:${stack.centerPort}`, admin = `http://127.0.0.1:${stack.boardPort + 2}`;
const work = path.join(stack.data, 'card'), pages = new SetupPages(work, path.join(work, 'setup'), 9563);
const all = [];
cleanup((failed) => stack.down(failed));
cleanup(() => pages.stop());
cleanup(async () => { for (const one of all) await one.close(); });
const open = async (origin, login, folder = 'boards') => {
	const one = await Browser.login(origin, folder, login);
	all.push(one);
	return one;
};
const paper = async (one, name) => {
	await one.page.emulateMedia({ media: 'print' });
	await one.page.pdf({ path: path.join(one.shots, `${name}.pdf`), format: 'A4' });
	await one.page.emulateMedia({ media: 'screen' });
};
let chief, technician, token;

test.must('a board and a center', async () => {
	await stack.up();
	await stack.drained();
	chief = await open(officers, 'giamsat');
	technician = await open(admin, 'kythuat');
});
test('the machines, one of them, an invitation with its faults, the code on screen and paper', async () => {
	await chief.go('/diem');
	await chief.look('list');
	await chief.go('/diem/b18685-1');
	await chief.look('one');
	await chief.fingers('one');
	await chief.go('/diem/moi?may=b18685-1');
	await chief.page.fill('#board', 'B 1');
	await chief.press('main .foot button[type=submit]');
	await chief.look('invite-wrong');
	await chief.page.fill('#board', 'b18685-1');
	await chief.press('main .foot button[type=submit]');
	await chief.look('token');
	token = (await chief.page.textContent('dd.mono.big')).trim();
	await paper(chief, 'token');
	execFileSync('sqlite3', ['-cmd', '.timeout 5000', path.join(stack.data, 'center/db/tram.db'),
		"INSERT INTO link_cert (board, key_id, state, fingerprint, cert, not_after, late_days, asked_at, officer) VALUES ('b18685-1', 'k', 0, x'', '', 0, 200, 9999999999999, '')"]);
	await chief.go('/diem');
	await chief.look('list-invited');
	await chief.go('/diem/b18685-1');
	await chief.look('one-late');
});
test('joining on the board: the question, a slip of the finger, what is compared', async () => {
	await technician.go('/noi-tinh');
	await technician.look('enrol');
	await technician.page.fill('#token', 'b18685-1/SAI');
	await technician.press('main form button[type=submit]');
	await technician.look('enrol-wrong');
	await technician.page.fill('#token', token);
	await technician.press('main form button[type=submit]');
	await technician.look('enrol-compare');
});
test('a stick with and without script, what came, what goes back', async () => {
	const stick = path.join(stack.data, 'usb');
	mkdirSync(stick);
	chmodSync(stick, 0o777);
	await chief.go('/usb');
	await chief.look('stick-empty');
	const clerk = await stack.clerk('canbo');
	await stack.stop('center');
	const { code } = await acceptDossier(clerk, { procedure: '9.999001', files: true });
	await handOver(clerk, code);
	clerk.close();
	await stack.stop('board');
	assert.equal(stack.tram('board', ['bundle', '--out', stick]).status, 0);
	await stack.start('center');
	await stack.start('board');
	chief = await open(officers, 'giamsat');
	await chief.go('/usb');
	const part = readdirSync(stick).find((name) => name.endsWith('.age'));
	writeFileSync(path.join(stick, 'hong.age'), Buffer.concat([readFileSync(path.join(stick, part)), Buffer.from('x')]));
	await chief.page.setInputFiles('#part', [path.join(stick, part), path.join(stick, 'hong.age')]);
	await chief.press('#usb button[type=submit]');
	await until('both were judged', 20, async () => {
		await chief.go('/usb');
		const text = await chief.page.textContent('main');
		return /bị cắt hoặc bị sửa/.test(text) && /tệp mới|Đã có từ trước/.test(text);
	});
	await chief.press('form[action="/usb/ve"] button');
	await until('it is made', 20, async () => {
		await chief.go('/usb');
		return chief.page.$('a[href^="/usb/ve/"]');
	});
	await chief.look('stick');
});
test('revoked, and what it says then', async () => {
	await chief.go('/diem/b18685-1');
	await chief.page.fill('#reason', 'Mất hộp đêm 26, công an xã đã lập biên bản');
	await chief.press('form[action$="/thu-hoi"] button');
	await chief.look('revoked');
});
test('first boot on a phone: the code, six questions, the answers, the progress', async () => {
	mkdirSync(work, { recursive: true });
	const label = spawnSync(path.join(build, 'tram'), ['setup', 'begin', '--folder', path.join(work, 'setup'), '--data', path.join(work, 'data')], { encoding: 'utf8' });
	assert.equal(label.status, 0, label.stderr);
	await pages.start();
	const phone = await Browser.open('http://127.0.0.1:9563', 'boards');
	all.push(phone);
	const next = () => phone.press('main button.go');
	await phone.go('/');
	await phone.look('setup-code');
	await phone.page.fill('#code', '00000-00000');
	await next();
	await phone.look('setup-code-wrong');
	await phone.page.fill('#code', /^code = (.*)$/m.exec(label.stdout)[1]);
	await next();
	await next();
	await phone.look('setup-1-wrong');
	await phone.page.selectOption('#commune_code', '18685');
	await phone.page.fill('#station_name', 'Trung tâm Phục vụ hành chính công xã Cẩm Bình');
	await next();
	for (const [name, value] of Object.entries({ point_no: '1', point_name: 'Điểm tiếp nhận số 1', point_address: 'Thôn Chạy Thử, xã Cẩm Bình', point_phone: '0239 000 0000' }))
		await phone.page.fill(`#${name}`, value);
	await phone.look('setup-2');
	await next();
	for (const [name, value] of Object.entries({ admin_name: 'Nguyễn Văn Thử', admin_login: 'quanly', admin_password: 'Mot-Mat-Khau-2026!', admin_again: 'Mot-Mat-Khau-2026!' }))
		await phone.page.fill(`#${name}`, value);
	await phone.look('setup-3');
	await next();
	await phone.look('setup-4');
	await next();
	await phone.page.fill('#center_url', 'https://tinh.vidu.vn:8443');
	await phone.look('setup-5');
	await phone.fingers('setup-5');
	await next();
	await phone.page.check('#invitation_later');
	await phone.look('setup-6');
	await next();
	await phone.look('setup-review');
	await next();
	writeFileSync(path.join(work, 'setup/said.json'), JSON.stringify({ do: 'finish', state: 'failed', reason: 'disk' }));
	chmodSync(path.join(work, 'setup/said.json'), 0o644);
	execFileSync('rm', ['-f', path.join(work, 'setup/wish-finish')]);
	await phone.go('/dang-lam');
	await phone.look('setup-failed');
});
test('the last look before leaving, its slip and its sheet', async () => {
	await technician.go('/');
	technician = await open(admin, 'kythuat');
	await technician.go('/kiem-tra');
	await technician.look('accept');
	await technician.fingers('accept');
	await technician.page.fill('#slip_code', 'SAI');
	await technician.press('#slip_code ~ button, form:has(#slip_code) button');
	await technician.look('accept-wrong');
	await technician.go('/kiem-tra/phieu-thu');
	await technician.look('accept-slip');
	await paper(technician, 'accept-slip');
	await technician.go('/kiem-tra/bien-ban');
	await technician.look('accept-sheet');
	await paper(technician, 'accept-sheet');
});
// The pictures on the technician's sheet, www/static/guide.png, are of these shots: the top 640 of setup-code-390,
// setup-2-390, setup-6-390 and accept-390 side by side, 1000 wide, eight greys (ImageMagick: +append +dither).
test('the sheets beside the box: one side of A4 each', async () => {
	await technician.go('/huong-dan');
	await technician.look('guides');
	for (const name of ['lap-dat', 'quan-tri']) {
		await technician.go(`/huong-dan/${name}`);
		await technician.look(`guide-${name}`);
		await paper(technician, `guide-${name}`);
		const info = execFileSync('pdfinfo', [path.join(technician.shots, `guide-${name}.pdf`)], { encoding: 'utf8' });
		assert.match(info, /^Pages:\s+1$/m, name);
	}
});
await run();
