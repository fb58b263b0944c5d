// Goal: a technician with a phone, a box and the code on its label: six questions, each checked at once, a power cut
// between any two costs nothing; then the station stands, the rehearsal is looked at, the sheet printed, and the live
// station comes in its place. Or one file on the boot partition says it all: a broken one changes nothing and says
// why, a good one is gone once it was read.
import { strict as assert } from 'node:assert';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, skip, test, until } from '../lib/check.mjs';
import { Client } from '../lib/client.mjs';
import { SetupPages } from '../lib/setup.mjs';
import { build, root, sanitized, Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'first-boot', ports: [9517, 9533] });
const PORT = stack.boardPort + 2;	// where manager and technician will be
const work = path.join(stack.data, 'card'), folder = path.join(work, 'setup'), boot = path.join(work, 'boot');
const data = path.join(stack.data, 'board');
const oneUser = process.getuid() === 0 && statSync(root).mode & 1 ? [] : ['--one-user'];
// The service manager's place: the unit that asks whether the center is there.
const places = path.join(work, 'bin');
const tram = (...args) => spawnSync(path.join(build, 'tram'), ['setup', ...args], { encoding: 'utf8', env: { ...process.env, PATH: `${places}:${process.env.PATH}` } });
const begin = (where = folder, from = boot) => tram('begin', '--folder', where, '--data', data, '--boot', from);
const runWishes = () => tram('run', '--folder', folder, '--data', data, '--with', path.join(work, 'more'), '--reach', 'tram-setup-reach.service', ...oneUser);
const keyOf = (file, key) => new RegExp(`^${key} = (.*)$`, 'm').exec(readFileSync(file, 'utf8'))?.[1];
const PASSWORD = 'Mot-Mat-Khau-2026!';
const pages = new SetupPages(work, folder, PORT);
let phone, code, label;
cleanup((failed) => stack.down(failed));
cleanup(() => pages.stop());
const open = (where) => phone.get(where);
const answer = async (step, values) => phone.submit(await open(`/buoc/${step}`), `/buoc/${step}`, values);

const answers = {
	1: { commune_code: '18685', station_name: 'Trung tâm xã <b>Thử</b>', parent_name: 'UBND XÃ THỬ', agency_name: 'TRUNG TÂM THỬ' },
	2: { point_no: '2', point_name: 'Điểm số 2', point_address: 'Thôn Thử', point_phone: '0239 000 0000', place_name: 'Cẩm Bình' },
	3: { admin_name: 'Nguyễn Văn Thử', admin_login: 'quanly', admin_password: PASSWORD, admin_again: PASSWORD },
	4: { ap_name: 'Quay-Thu', ap_key: 'khoa-wifi-thu', guest: 'no' },
	5: { uplink: 'cable', center_url: 'https://127.0.0.1:1' },
};

test.must('a center; a card flashed with a label; two boxes share nothing', async () => {
	await stack.up(['center']);
	for (const name of readdirSync(data)) if (!['lighttpd', 'plan', 'pid', 'log'].includes(name)) rmSync(path.join(data, name), { recursive: true });
	mkdirSync(boot, { recursive: true });
	mkdirSync(places);
	writeFileSync(path.join(places, 'systemctl'), `#!/bin/sh\n[ "$*" = 'start tram-setup-reach.service' ] && exec '${path.join(build, 'tram')}' setup reach --folder '${folder}'\n`, { mode: 0o755 });
	writeFileSync(path.join(work, 'more'), `public_url = http://127.0.0.1:${stack.centerPort + 2}\ncenter_name = localhost\nretry_min_s = 1\npoll_max_s = 2\n`
		.replace('center_name = localhost\n', ''));
	const made = spawnSync(path.join(build, 'tram'), ['setup', 'label', '--boot', boot], { encoding: 'utf8' });
	assert.equal(made.status, 0, made.stderr);
	label = made.stdout;
	code = /^code = (.*)$/m.exec(label)[1];
	assert.match(code, /^[0-9A-Z]{5}-[0-9A-Z]{5}$/);
	const first = begin();
	assert.equal(first.status, 0, first.stderr);
	assert.equal(existsSync(path.join(boot, 'tram-label.conf')), false, 'the label is off the card');
	assert.equal(keyOf(path.join(data, 'network/network.conf'), 'ap_name'), /^label = (.*)$/m.exec(label)[1]);
	const others = path.join(work, 'other'), nothing = path.join(work, 'empty');
	mkdirSync(nothing);
	assert.equal(tram('begin', '--folder', others, '--data', path.join(work, 'other-data'), '--boot', nothing).status, 0);
	for (const name of ['door', 'code', 'label']) assert.notEqual(readFileSync(path.join(folder, name), 'utf8'), readFileSync(path.join(others, name), 'utf8'), name);
	assert.doesNotMatch(readFileSync(path.join(folder, 'code'), 'utf8') + readFileSync(path.join(folder, 'label'), 'utf8'), new RegExp(code), 'the code itself is kept nowhere');
	const again = begin();
	assert.equal(again.status, 0);
	await pages.start();
	phone = new Client(`http://127.0.0.1:${PORT}`);
});
test('nobody gets in without the label\'s code; five tries, then a quarter of an hour, also after a power cut', async () => {
	for (const where of ['/', '/buoc/1', '/xem-lai', '/dang-lam']) assert.equal((await open(where)).path, '/ma', where);
	assert.equal((await phone.post('/buoc/1', answers[1])).location, '/ma');
	const say = async (typed) => phone.submit(await open('/ma'), '/ma', { code: typed }, { follow: false });
	assert.equal((await say('abc')).status, 422, 'no code at all is no try');
	for (let i = 1; i < 5; i++) assert.equal((await say('00000-00000')).status, 422, String(i));
	assert.equal((await say('00000-00000')).status, 429);
	assert.equal((await open('/ma')).status, 429);
	assert.match((await open('/ma')).text, /chờ 15 phút/);
	const right = await phone.post('/ma', { code });
	assert.equal(right.status, 429, 'not even the right one');
	await pages.stop('SIGKILL');
	await pages.start();
	assert.equal((await open('/ma')).status, 429);
	await pages.stop();
	writeFileSync(path.join(folder, 'tries'), '0\n');	// a quarter of an hour later
	await pages.start();
	const passed = await say(code.toLowerCase().replace('-', ' '));
	assert.equal(passed.status, 303);
	assert.equal((await open('/')).path, '/buoc/1');
	assert.equal((await phone.post('/buoc/1', answers[1], { Origin: 'http://vidu.vn' })).status, 403);
});
test('what cannot be is told at its field, with everything typed', async () => {
	const wrong = [[1, { ...answers[1], commune_code: '' }, /Cần ghi/], [1, { ...answers[1], commune_code: '99999' }, /không dùng được/],
		[1, { ...answers[1], agency_id: 'h27' }, /H27/], [2, { ...answers[2], point_no: '0' }, /1 đến 999/],
		[3, { ...answers[3], admin_password: 'ngan', admin_again: 'ngan' }, /14/], [3, { ...answers[3], admin_again: 'x' }, /khác nhau/],
		[3, { ...answers[3], admin_login: 'Quản lý' }, /2 đến 40/], [4, { ...answers[4], ap_key: 'ngắn' }, /8 đến 63/],
		[4, { ...answers[4], guest: 'yes' }, /Cần ghi/], [5, { ...answers[5], center_url: 'http://x' }, /https/],
		[5, { ...answers[5], uplink: 'wifi' }, /Cần ghi/], [5, { ...answers[5], uplink: 'modem', uplink_address: '192.0.2.2/24' }, /192\.0\.2\.20/],
		[5, { ...answers[5], link_proxy: 'https://p:1' }, /http:/]];
	for (const [step, values, word] of wrong) {
		const page = await answer(step, values);
		assert.equal(page.status, 422, `${JSON.stringify(values)} ${page.path} ${page.text.slice(0, 300)}`);
		assert.match(page.text, word, JSON.stringify(values));
		assert(!page.html.includes(PASSWORD), 'a password is shown to nobody');
		if (step === 1) assert(page.html.includes('value="Trung tâm xã &lt;b&gt;Thử&lt;/b&gt;"'));
	}
	assert.equal(existsSync(path.join(folder, 'answers')), false, 'nothing of it was kept');
});
test.must('six questions, the power gone after each: it goes on where it was', async () => {
	for (const step of [1, 2, 3, 4, 5]) {
		const page = await answer(step, answers[step]);
		assert.equal(page.path, `/buoc/${step + 1}`, page.text.slice(0, 400));
		await pages.stop('SIGKILL');
		await pages.start();
		assert.equal((await open('/')).path, `/buoc/${step + 1}`, 'the same phone, without its code again');
	}
	const kept = readFileSync(path.join(folder, 'answers'), 'utf8');
	writeFileSync(path.join(work, 'answers-kept'), `${kept}invitation_later = yes\n`);
	assert.equal(statSync(path.join(folder, 'answers')).mode & 0o077, 0);
	assert(!kept.includes(PASSWORD));
	assert.match(kept, /admin_hash = \$argon2id\$/);
	assert.match((await open('/buoc/6')).text, /Đang thử đường mạng/);
});
test('the line is tried, and what fails is a sentence', async () => {
	const network = path.join(data, 'network');
	const apply = setInterval(() => {
		if (!existsSync(path.join(network, 'network.conf'))) return;
		const hash = spawnSync('sha256sum', [path.join(network, 'network.conf')], { encoding: 'utf8' }).stdout.slice(0, 64);
		writeFileSync(path.join(network, 'applied'), `${hash}\nok\n`);
	}, 100);
	const child = spawn(path.join(build, 'tram'), ['setup', 'run', '--folder', folder, '--data', data, ...oneUser], { stdio: 'inherit' });
	await new Promise((done) => child.on('exit', done));
	assert.equal(keyOf(path.join(network, 'network.conf'), 'ap_name'), /^label = (.*)$/m.exec(label)[1], 'the phone stays on the label\'s network');
	assert.match((await open('/buoc/6')).text, /máy chủ tỉnh không trả lời/);
	await answer(5, { ...answers[5], center_url: `https://127.0.0.1:${stack.centerPort + 1}`, center_name: 'localhost' });
	const second = spawn(path.join(build, 'tram'), ['setup', 'run', '--folder', folder, '--data', data, ...oneUser], { stdio: 'inherit' });
	await new Promise((done) => second.on('exit', done));
	clearInterval(apply);
	assert.match((await open('/buoc/6')).text, /tỉnh đã trả lời/);
});
test.must('the invitation must be this machine\'s; then all answers on one page, no secret among them', async () => {
	const invite = (board) => stack.tram('center', ['board', 'invite', board]).stdout.trim();
	const foreign = await answer(6, { invitation: invite('b18685-7') });
	assert.equal(foreign.status, 422);
	assert.match(foreign.text, /mời máy khác/);
	assert.equal((await answer(6, { invitation: '' })).status, 422);
	const page = await answer(6, { invitation: invite('b18685-2') });
	assert.equal(page.path, '/xem-lai');
	assert.match(page.text, /b18685-2/);
	assert.match(page.text, /Trung tâm xã <b>Thử<\/b>/);
	for (const secret of [PASSWORD, 'argon2id', 'khoa-wifi-thu']) assert(!page.html.includes(secret), secret);
});
test.must('the station is made; a power cut in the middle makes it anew', async () => {
	const page = await phone.submit(await open('/xem-lai'), '/xem-lai', { rehearse: 'yes' });
	assert.equal(page.path, '/dang-lam');
	assert.match(page.text, /Đang dựng máy/);
	assert.equal((await phone.submit(await open('/dang-lam').then(() => page), '/xem-lai').catch(() => page)).path, '/dang-lam');
	// Half of it, as a cut leaves it.
	mkdirSync(path.join(data, 'dang-dung/db'), { recursive: true });
	mkdirSync(path.join(data, 'db'), { recursive: true });
	writeFileSync(path.join(data, 'db/tram.db'), 'half');
	const made = runWishes();
	assert.equal(made.status, 0, made.stderr);
	assert.equal(existsSync(path.join(data, 'dang-dung')), false);
	assert.equal(keyOf(path.join(data, 'tram.conf'), 'mode'), 'rehearsal');
	assert.equal(keyOf(path.join(data, 'tram.conf'), 'board_id'), 'b18685-2');
	assert.equal(keyOf(path.join(data, 'network/network.conf'), 'ap_name'), 'Quay-Thu');
	assert.equal(existsSync(path.join(data, 'inbox/enrol')), false, 'a rehearsal is no board of the province');
	assert.match((await open('/dang-lam')).text, /Đã dựng xong/);
	await pages.stop();
	assert.equal(runWishes().status, 0, 'nothing is wished any more');
});
let admin;
const accept = async (action, values, options) => admin.submit(await admin.get('/kiem-tra'), action, values, options);
const post = async (values) => admin.post('/kiem-tra', { csrf: /name="csrf" value="([^"]+)"/.exec((await admin.get('/kiem-tra')).html)[1], form_id: '0'.repeat(32), ...values });
test.must('the administrator logs in; slip and card are checked by what is scanned', async () => {
	await stack.start('board');
	admin = stack.admin();
	await admin.login('quanly', PASSWORD);
	let page = await admin.get('/dang-lam');
	assert.equal(page.path, '/kiem-tra', 'where the phone\'s page looks again');
	assert.match(page.text, /Kiểm tra trước khi về/);
	const slip = await admin.get('/kiem-tra/phieu-thu');
	const printed = /THU-[0-9A-Z]{8}/.exec(slip.text)[0];
	assert.equal((await post({ do: 'slip', slip_code: 'THU-00000000' })).status, 422);
	assert.equal((await post({ do: 'slip', slip_code: printed })).status, 303);
	const real = await post({ do: 'card', card: '001' + '085000001||Nguyễn Văn Thật|01031985|Nam|Thôn Thử|01012022' });
	assert.equal(real.status, 422);
	assert(!readFileSync(path.join(data, 'health/acceptance.json'), 'utf8').includes('Thật'), 'a real card leaves nothing');
	assert.equal((await post({ do: 'card', card: '000085000001||Nguyễn Văn Thử|01031985|Nữ|Thôn Thử|01012022' })).status, 303);
	assert.equal((await post({ do: 'khac' })).status, 404);
	page = await admin.get('/kiem-tra');
	assert.equal((page.text.match(/ Đạt /g) ?? []).length, 2);
});
test('the acts and the pulled cable are seen in the health file', async () => {
	const health = path.join(data, 'health/health.json');
	await until('the forwarder wrote it', 20, () => existsSync(health));
	// What the forwarder would write as acts go on and the line goes; it is stopped, so that the file is ours.
	const forwarder = stack.pids('board')['forward.0'];
	process.kill(forwarder, 'SIGSTOP');
	cleanup(() => { try { process.kill(forwarder, 'SIGCONT'); } catch { /* gone */ } });
	const put = (more) => writeFileSync(health, JSON.stringify({ ...JSON.parse(readFileSync(health, 'utf8')), at: Date.now() + 5000, ...more }));
	const acts = Object.fromEntries(['accepted', 'forwarded', 'taken', 'signed', 'finished', 'result_returned'].map((k) => [`dossier.${k}`, true]));
	put({ acts: { ...acts, 'dossier.signed': false }, way_out: true, head_seq: 5 });
	assert.equal(((await admin.get('/kiem-tra')).text.match(/ Đạt /g) ?? []).length, 2);
	put({ acts });
	assert.equal(((await admin.get('/kiem-tra')).text.match(/ Đạt /g) ?? []).length, 3);
	await post({ do: 'watch' });
	assert.match((await admin.get('/kiem-tra')).text, /Mời rút dây/);
	put({ way_out: false });
	await admin.get('/kiem-tra');
	assert.match((await admin.get('/kiem-tra')).text, /Đã mất mạng/);
	put({ way_out: false, head_seq: 6 });
	await admin.get('/kiem-tra');
	assert.match((await admin.get('/kiem-tra')).text, /Mời cắm lại/);
	put({ way_out: true });
	await admin.get('/kiem-tra');
	assert.equal(((await admin.get('/kiem-tra')).text.match(/ Đạt /g) ?? []).length, 4);
	const sheet = await admin.get('/kiem-tra/bien-ban');
	assert.match(sheet.text, /BIÊN BẢN NGHIỆM THU.*b18685-2.*Máy đạt cả bốn việc/s);
	assert.equal((sheet.text.match(/Máy thấy/g) ?? []).length, 4);
	process.kill(forwarder, 'SIGCONT');
});
test('from the rehearsal to the live station: nothing of the first goes along, the secrets are gone', async () => {
	const seed = readFileSync(path.join(data, 'keys/web/slip.seed'), 'utf8');
	mkdirSync(path.join(data, 'keys/tls'), { recursive: true });
	writeFileSync(path.join(data, 'keys/tls/own'), 'x');
	const page = await accept('/kiem-tra/chinh-thuc');
	assert.match(page.text, /Đang chuyển sang chính thức/);
	await stack.stop('board');
	const made = runWishes();
	assert.equal(made.status, 0, made.stderr);
	assert.equal(keyOf(path.join(data, 'tram.conf'), 'mode'), 'live');
	assert.notEqual(readFileSync(path.join(data, 'keys/web/slip.seed'), 'utf8'), seed);
	assert.equal(readFileSync(path.join(data, 'keys/tls/own'), 'utf8'), 'x', 'what tablets trust stays');
	assert.deepEqual(readdirSync(folder).sort(), ['done', 'made', 'said.json'], 'no answer, no code, no key is left');
	assert.match(readFileSync(path.join(data, 'inbox/enrol'), 'utf8'), /^b18685-2\//);
	assert.equal(runWishes().status, 0);
	writeFileSync(path.join(folder, 'wish-live'), '');
	assert.equal(runWishes().status, 0, 'a live station is never made again');
	assert.notEqual(readFileSync(path.join(data, 'keys/web/slip.seed'), 'utf8'), seed);
	await stack.start('board');
	await until('it joined the province', 40, () => existsSync(path.join(data, 'keys/link/client.crt')));
	admin = stack.admin();
	await admin.login('quanly', PASSWORD);
	const users = stack.tram('board', ['user', 'list']);
	assert.match(users.stdout, /quanly/);
	await stack.stop('board');
});
test('one file for many boxes: broken it changes nothing and says why, good it is taken and gone', async () => {
	const own = path.join(work, 'mass'), from = path.join(work, 'mass-boot'), file = path.join(from, 'tram-setup.conf');
	mkdirSync(from);
	const good = { commune_code: '18685', station_name: 'Trung tâm Thử', point_no: '3', point_name: 'Điểm 3', point_address: 'Thôn Thử',
		point_phone: '0239 000 0000', admin_login: 'quanly', admin_name: 'Nguyễn Văn Thử', admin_password: PASSWORD,
		ap_name: 'Quay-3', ap_key: 'khoa-wifi-thu', uplink: 'none', center_url: 'https://tinh.vidu.vn:8443', invitation_later: 'yes', rehearse: 'no' };
	const text = (values) => Object.entries(values).map(([k, v]) => `${k} = ${v}`).join('\r\n') + '\r\n';
	const mass = (content) => {
		writeFileSync(file, content);
		return tram('begin', '--folder', own, '--data', path.join(work, 'mass-data'), '--boot', from);
	};
	const broken = [[text({ ...good, point_no: 'x' }), 'point_no'], [text({ ...good, la: '1' }), 'la'], [`${text(good)}point_no = 3\r\n`, 'point_no'],
		[text(good).replace('commune_code = 18685\r\n', ''), 'commune_code'], ['x', ''], [text({ ...good, admin_password: 'ngan' }), 'admin_password'],
		[text({ ...good, invitation: 'b18685-3/AAAA' }), 'invitation'], [text({ ...good, admin_hash: '$argon2id$x' }), 'admin_hash'],
		[text({ ...good, ap_key: 'a'.repeat(70) }), 'ap_key'], ['#'.repeat(70000), ''], [Buffer.from([0xff, 0xfe, 0x00, 0x41]), '']];
	for (const [content, key] of broken) {
		const made = mass(content);
		assert.equal(made.status, 1, `${content.slice(0, 60)}: ${made.stderr}`);
		assert.equal(existsSync(file), true, 'it stays to be mended');
		const said = readFileSync(path.join(from, 'tram-setup.txt'), 'utf8');
		assert.match(said, /chưa thay đổi gì/);
		assert(said.includes(key), said);
		assert(!said.includes(PASSWORD));
		assert.equal(existsSync(path.join(own, 'answers')), false);
	}
	const made = mass(`\ufeff# điểm 3\r\n${text(good)}`);
	assert.equal(made.status, 0, made.stderr);
	assert.deepEqual(readdirSync(from), [], 'file and answer are gone');
	const done = tram('run', '--folder', own, '--data', path.join(work, 'mass-data'), ...oneUser);
	assert.equal(done.status, 0, done.stderr);
	assert.equal(keyOf(path.join(work, 'mass-data/tram.conf'), 'mode'), 'live');
	assert.equal(spawnSync('grep', ['-rl', PASSWORD, own, from, path.join(work, 'mass-data')]).status, 1, 'the password is in no file');
	writeFileSync(file, text(good));
	assert.equal(tram('begin', '--folder', own, '--data', path.join(work, 'mass-data'), '--boot', from).status, 0);
	assert.equal(existsSync(file), true, 'a box that is set up takes no other');
});
test('a clock of 1970 or of ten years ahead does not stop it', () => {
	if (sanitized) skip('preloads a library of its own, which sanitizers do not bear');
	const library = path.join(build, 'preload/clock.so');
	assert.equal(spawnSync('make', ['-s', '-C', root, path.relative(root, library)], { encoding: 'utf8' }).status, 0);
	const text = readFileSync(path.join(work, 'answers-kept'), 'utf8');
	for (const ms of [-Date.now() + 600000, 3652 * 86400e3]) {
		const own = path.join(work, `time${Math.sign(ms)}`), file = path.join(work, 'shift'), where = `${own}-data`;
		writeFileSync(file, `${ms}\n`);
		chmodSync(file, 0o644);
		const at = (...args) => spawnSync(path.join(build, 'tram'), ['setup', ...args, '--folder', own, '--data', where, ...oneUser],
			{ encoding: 'utf8', env: { ...process.env, LD_PRELOAD: library, TRAM_CLOCK_FILE: file } });
		assert.equal(spawnSync(path.join(build, 'tram'), ['setup', 'begin', '--folder', own, '--data', where], { encoding: 'utf8' }).status, 0);
		writeFileSync(path.join(own, 'answers'), text);
		writeFileSync(path.join(own, 'wish-finish'), '');
		const made = at('run');
		assert.equal(made.status, 0, made.stderr);
		assert(existsSync(path.join(where, 'tram.conf')));
	}
});
await run();
