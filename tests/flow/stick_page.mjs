// Goal: without a line and without a key in any page, the manager or the technician presses one button and
// what waits lies sealed on the stick, with the numbers that go along with the courier; another button takes
// what came back. A stick that is not there, is full or is pulled out is said so, and nothing is lost.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier, decideAtProvince, dossier, handOver, person } from '../lib/clerk.mjs';
import { Stack } from '../lib/stack.mjs';

const name = 'stick-page', stick = path.resolve('build/test-data', name, 'usb');
const stack = new Stack({ name, ports: [9124, 9127], board: `retry_min_s = 1\npoll_max_s = 5\nstick_dir = ${stick}\n` });
cleanup((failed) => stack.down(failed));
const CANARY = 'Kanaritrangusbzq';
let clerk, technician, code;

const parts = (prefix) => readdirSync(stick).filter((file) => file.startsWith(prefix) && file.endsWith('.age')).sort();
// Presses a button of the page and waits, as its reader would, until it says how it went.
async function press(action, word) {
	await technician.submit(await technician.get('/usb'), action);
	return until(`the page says ${word}`, 20, async () => {
		const page = await technician.get('/usb');
		return word.test(page.text) && page;
	});
}

test.must('a board without a line, a stick, people who hand in their papers', async () => {
	await stack.up(['board']);
	mkdirSync(stick);
	chmodSync(stick, 0o777);
	clerk = stack.clerks();
	await clerk.login('canbo');
	({ code } = await acceptDossier(clerk, { procedure: '9.999001', who: person({ name: `Ông ${CANARY} Thử` }), files: true }));
	await handOver(clerk, code);
	technician = stack.admin();
	await technician.login('kythuat');
	const page = await technician.get('/usb');
	assert.equal(page.status, 200);
	assert.match(page.text, /Ghi ra USB.*Nhận từ USB/s);
});
test('the wish is a form of this page alone: another site cannot press the button', async () => {
	const page = await technician.post('/usb/ghi', {}, { Origin: 'http://vidu.vn' });
	assert.equal(page.status, 403);
	assert.equal((await technician.post('/usb/ghi', { csrf: 'x' })).status, 403);
	assert.deepEqual(readdirSync(stick), []);
});
test.must('one press: everything lies sealed on the stick, with numbers to compare', async () => {
	const page = await press('/usb/ghi', /Phiếu mang USB/);
	const files = parts('tram-b18685-1-');
	assert(files.length >= 1);
	assert.deepEqual(readdirSync(stick).sort(), files, 'nothing half written beside it');
	for (const file of files) assert(page.text.includes(file));
	assert.match(page.text, /(\d{4} ){5}\d{4}/);
	assert.match(page.text, new RegExp(`Sự kiện ${stack.status().unsent}\\b`));
	// The number on the note is the one the receiver computes.
	const digest = execFileSync('sha256sum', [path.join(stick, files[0])]).subarray(0, 64).toString();
	const groups = [0, 1, 2, 3, 4, 5].map((i) => String(parseInt(digest.slice(4 * i, 4 * i + 4), 16) % 10000).padStart(4, '0')).join(' ');
	assert(page.text.includes(groups), groups);
	assert(stack.status().unsent > 0, 'it still waits for a receipt');
});
test('neither page, nor health file, nor stick holds a word of it', async () => {
	const said = readFileSync(path.join(stack.data, 'board/health/stick.json'), 'utf8');
	const page = await technician.get('/usb');
	for (const text of [said, page.html, ...readdirSync(stick).map((file) => readFileSync(path.join(stick, file), 'latin1'))])
		for (const word of [CANARY, code, 'Nguyễn', 'AGE-SECRET']) assert(!text.includes(word), word);
	const key = path.join(stack.data, 'board/keys/link/stick.key');
	assert.equal(statSync(key).mode & 0o077, 0, 'the key is the forwarder\'s alone');
});
test.must('there and back: the answer comes by the same stick', async () => {
	await stack.stop('board');
	await stack.start('center');
	const taken = stack.tram('center', ['import', ...parts('tram-b18685-1-').map((file) => path.join(stick, file))]);
	assert.equal(taken.status, 0, taken.stderr);
	const officer = stack.officers();
	await officer.login('tinh');
	await decideAtProvince(officer, 'b18685-1', code);
	const back = stack.tram('center', ['bundle', '--board', 'b18685-1', '--out', stick]);
	assert.equal(back.status, 0, back.stderr);
	await stack.stop('center');
	await stack.start('board');
	technician = stack.admin();
	await technician.login('kythuat');
	const page = await press('/usb/nhan', /Đã nhận từ USB/);
	assert.match(page.text, /Tệp kết quả 1\b/);
	assert.equal(stack.status().unsent, 0);
	clerk = stack.clerks();
	await clerk.login('canbo');
	assert.match((await dossier(clerk, code)).text, /Có kết quả|chờ trả/);
	assert.match((await press('/usb/nhan', /Không có gì mới/)).text, /đã được nhận trước đó/);
	assert.match((await press('/usb/ghi', /Không có gì cần mang/)).text, /Tỉnh đã nhận đủ/);
});
test('a part that is not whole is refused and said so', async () => {
	const part = parts('tram-ve-')[0];
	writeFileSync(path.join(stick, part.replace('-001', '-002')), readFileSync(path.join(stick, part)).subarray(0, 500));
	assert.match((await press('/usb/nhan', /bị từ chối/)).text, /1 gói bị từ chối \((cut|format)\)/);
});
test('no stick in its place: said, and the next press with one works', async () => {
	await acceptDossier(clerk);
	renameSync(stick, `${stick}-away`);
	await press('/usb/ghi', /Không thấy USB/);
	renameSync(`${stick}-away`, stick);
	assert.match((await press('/usb/ghi', /Phiếu mang USB/)).text, /Số gói 1/);
});
test('the child is killed in the middle: the page does not wait for ever', async () => {
	const file = path.join(stack.data, 'board/health/stick.json');
	const { uid, gid } = statSync(file);
	writeFileSync(file, JSON.stringify({ at: Date.now(), do: 'write', state: 'running' }));
	execFileSync('chown', [`${uid}:${gid}`, file]);
	stack.killOne('board', 'forward.0');
	await until('it is said', 15, async () => /bị rút ra hoặc bị lỗi/.test((await technician.get('/usb')).text));
	assert(existsSync(file));
});
await run();
