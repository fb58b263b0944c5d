// Goal: a live board is no rehearsal: its own cookies and number series, no trial line on any page or
// paper, no invented procedure, and no value of the catalogue that nobody has confirmed. The clerks'
// program is started by itself on a live data folder and spoken to as lighttpd does.
import { strict as assert } from 'node:assert';
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, closeSync, copyFileSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier, dossier, startDraft } from '../lib/clerk.mjs';
import { Client, PASSWORD } from '../lib/client.mjs';
import { ask } from '../lib/fastcgi.mjs';
import { build, root } from '../lib/stack.mjs';

const data = path.join(root, 'build/test-data/live-mode');
const socket = path.join(data, 'live.sock');
const children = [];
const tram = (args, input) => {
	const done = spawnSync(path.join(build, 'tram'), [...args, '--data', path.join(data, 'board')], { encoding: 'utf8', input });
	assert.equal(done.status, 0, `${args[0]}: ${done.stderr}`);
	return done.stdout;
};
cleanup(async (failed) => {
	await stop();
	if (!failed) rmSync(data, { recursive: true, force: true });
});

// The client of the other tests, over the program's own socket.
class Direct extends Client {
	constructor(at) {
		super('http://127.0.0.1');
		this.at = at;
	}
	async request(method, where, { headers = {}, body = '' } = {}) {
		const url = new URL(where, this.origin);
		const all = { ...headers };
		delete all['Content-Length'];
		if (this.cookies.size) all.Cookie = [...this.cookies].map((pair) => pair.join('=')).join('; ');
		const answer = await ask(url.pathname.startsWith('/tai-len') ? `${this.at}.uploads` : this.at,
			{ method, path: url.pathname + url.search, headers: all, body: Buffer.from(body) });
		for (const [, name, value] of answer.cookies.matchAll(/^([^=\n]+)=([^;\n]*)/gm)) this.cookies.set(name, value);
		return { ...answer, path: url.pathname };
	}
}
// Both pools of the clerks' program, under the supervisor.
async function start() {
	const folder = (name) => {
		mkdirSync(path.join(data, name), { recursive: true });
		return path.join(data, name);
	};
	const one = (name, at, more) => `process ${name}\n  workers 1\n  socket ${at}\n  exec ${build}/tram-intake\n  arg -c\n` +
		`  arg ${data}/board/tram.conf\n${more}`;
	const plan = path.join(data, 'plan');
	writeFileSync(plan, `run ${folder('pid')}\nlog ${folder('log')}\n${one('intake', socket, '')}${one('uploads', `${socket}.uploads`, '  arg --uploads\n')}`);
	const log = openSync(path.join(data, 'log/supervise.log'), 'a');
	children.push(spawn(path.join(build, 'tram'), ['supervise', plan], { stdio: ['ignore', log, log] }));
	closeSync(log);
	await until('the program answers', 10, async () => (await new Direct(socket).request('GET', '/dang-nhap')).status === 200);
}
async function stop() {
	for (const child of children) child.kill('SIGTERM');
	await until('the programs have ended', 15, () => children.every((child) => child.exitCode !== null));
}
let clerk;

test.must('a live board with an account', async () => {
	rmSync(data, { recursive: true, force: true });
	mkdirSync(data, { recursive: true });
	const lines = readFileSync(path.join(root, 'board/demo/board.conf'), 'utf8').replace(/^#.*\n/gm, '');
	writeFileSync(path.join(data, 'lines'), `${lines}public_url = http://127.0.0.1:9999\ncenter_url = https://127.0.0.1:9998\n`);
	tram(['init', 'board', '--one-user', '--mode', 'live', '--with', path.join(data, 'lines')]);
	tram(['user', 'add', 'canbo', '--name', 'Trần Thị Thử', '--roles', 'intake,returner', '--keep-password'], `${PASSWORD}\n`);
	await start();
	clerk = new Direct(socket);
	await clerk.login('canbo');
});
test('cookies of its own; no page says that it is a trial', async () => {
	assert.deepEqual([...clerk.cookies.keys()].sort(), ['tram_intake_b18685-1_l', 'tram_intake_b18685-1_l_dev']);
	for (const where of ['/dang-nhap', '/quay', '/chon-quay', '/tra-ket-qua', '/khong-co']) {
		const page = await clerk.get(where);
		assert(!/CHẠY THỬ|chạy thử/.test(page.text.replace(/Thôn Chạy Thử/g, '')), where);
	}
});
test('what no manager has confirmed is not offered, and neither is it taken', async () => {
	const step2 = await startDraft(clerk);
	assert.equal(step2.page.html.match(/name="procedure" value="/g), null);
	assert.equal((await clerk.submit(step2.page, '/thu-tuc', { procedure: '2.000635', find: '' })).status, 422);
	// The manager's file of the demo, as if it had been confirmed here.
	await stop();
	copyFileSync(path.join(root, 'board/demo/confirm.json'), path.join(data, 'board/confirm.json'));
	appendFileSync(path.join(data, 'board/tram.conf'), '\nconfirm_file = confirm.json\n');
	await start();
});
test('the invented procedure is neither listed nor taken', async () => {
	const step2 = (await startDraft(clerk)).page;
	assert(!step2.html.includes('9.999001'));
	const listed = new Set(step2.html.match(/value="\d\.\d{6}"/g));
	assert(listed.size >= 1, 'some procedures are there');
	const forced = await clerk.submit(step2, '/thu-tuc', { procedure: '9.999001', find: '' });
	assert.equal(forced.status, 422);
	const found = await clerk.submit(step2, '/thu-tuc', { find: 'thử nghiệm', search: '1' });
	assert(!found.html.includes('9.999001'));
});
test('a live dossier: its number and its slip are live', async () => {
	const { code } = await acceptDossier(clerk, { procedure: '2.000635' });
	assert.match(code, /^T18685\.1-\d{6}-0001$/, 'no C of a trial, and the first number');
	for (const where of [`/ho-so/${code}/xong`, `/ho-so/${code}/giay-hen`, `/ho-so/${code}`]) {
		const shown = await clerk.get(where);
		assert.equal(shown.status, 200, where);
		assert(!/CHẠY THỬ|không có giá trị/.test(shown.text), where);
	}
	assert.equal((await dossier(clerk, `C${code}`)).status, 404);
	tram(['verify']);
});

await run();
