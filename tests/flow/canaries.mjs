// Goal: what people type stays in the journal and its tables. Invented names and numbers put into every
// field, refused ones too, are afterwards in no log, no URL, no spool, no temporary file, and not in
// what the public may look up.
import { strict as assert } from 'node:assert';
import { randomBytes, randomInt } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cleanup, run, test } from '../lib/check.mjs';
import * as counter from '../lib/clerk.mjs';
import { forms } from '../lib/client.mjs';
import { jpeg, pdf } from '../lib/files.mjs';
import { Stack, root } from '../lib/stack.mjs';

const stack = new Stack({ name: 'canaries', ports: [9870, 9880] });
cleanup((failed) => stack.down(failed));
const started = Date.now();
const canaries = new Set();
const typedLogins = new Set();	// failed logins are counted by the name typed, in run.db
const urls = [];

// A word that occurs nowhere else; digits for fields that take only those.
function word() {
	const one = `Canary${randomBytes(6).toString('hex')}`;
	canaries.add(one);
	return one;
}
function digits(count, first = '') {
	let one = first;
	while (one.length < count) one += randomInt(10);
	canaries.add(one);
	return one;
}

function watched(client) {
	const request = client.request.bind(client);
	client.request = async (method, address, options) => {
		urls.push(address);
		const answer = await request(method, address, options);
		if (answer.location) urls.push(answer.location);
		return answer;
	};
	return client;
}

// Every text field of a form gets a canary of its own that it may take.
function fill(form, more = {}) {
	const values = {};
	for (const [name] of form.fields) {
		if (/^(csrf|form_id|seen|case|shown_due|earlier|form\.|kept\.|state\.)/.test(name)) continue;
		const tag = new RegExp(`<(?:input|textarea)[^>]*name="${name.replace('.', '\\.')}"[^>]*>`).exec(form.html)?.[0] ?? '';
		if (/type="(radio|checkbox|hidden)"/.test(tag) || /^<select/.test(tag)) continue;
		if (/phone/.test(name)) values[name] = digits(10, '09');
		else if (/^(s_)?number$/.test(name)) values[name] = digits(12, '000');
		else if (/email/.test(name)) values[name] = `${word().toLowerCase()}@example.com`;
		else if (/inputmode="numeric"|type="number"/.test(tag)) continue;
		else values[name] = `Thử ${word()}`;
	}
	for (const value of Object.values(values)) {
		if (/@/.test(value)) canaries.add(value.split('@')[0]);
	}
	return { ...values, ...more };
}
const formOf = (page, part) => forms(page.html).find((f) => f.action.includes(part) || f.html.includes(part));

const people = {};
let code, draft;

test.must('a board and a center', async () => {
	await stack.up();
	for (const [role, login] of Object.entries({ clerk: 'canbo', specialist: 'chuyenvien', signer: 'nguoiky' })) {
		people[role] = watched(stack.clerks());
		await people[role].login(login);
	}
	people.officer = watched(stack.officers());
	await people.officer.login('tinh');
});

test.must('every field of the four steps', async () => {
	const { clerk } = people;
	const step1 = await clerk.submit(await clerk.get('/quay'), '/ho-so/moi');
	const form = formOf(step1, '/nguoi');
	const choices = { type: 'person', doc_type: 'cccd', who: 'other', channel: 'counter', card: '', s_card: '',
		birth: '02/09/1985', s_authorised_on: '01/11/2026', postmark: '', tax_code: '', sex: 'nu' };
	const refused = await clerk.submit(step1, '/nguoi', fill(form, { ...choices, birth: word() }));
	assert(!refused.redirected && refused.status >= 400, 'a wrong date is refused');
	const step2 = await clerk.submit(refused, '/nguoi', fill(form, choices));
	assert.match(step2.redirected ?? '', /thu-tuc/, step2.text.slice(0, 500));
	draft = { page: step2 };
	await clerk.submit(step2, '/thu-tuc', { find: word() }, { button: 'search' });
	const step3 = await counter.chooseProcedure(clerk, draft, '9.999001');
	const paper = /name="file\.([^"]+)"/.exec(step3.html)[1];
	const added = await clerk.submit(step3, '/tai-len/', { add_name: `Giấy ${word()}` }, { button: 'add', files: [] });
	assert(added.redirected, added.text.slice(0, 300));
	const wrong = await clerk.submit(added, '/tai-len/', { add_name: '' }, { files: [{ name: `file.${paper}`,
		filename: `${word()}.exe`, content: Buffer.from(`MZ${word()}`.repeat(100)) }] });
	assert(wrong.status >= 400 || !/kiem-tra/.test(wrong.redirected ?? ''), 'a program is no scan');
	const step4 = await counter.tickPapers(clerk, await clerk.get(added.redirected.split('#')[0]), [
		{ name: `file.${paper}`, filename: `${word()}.jpg`, type: 'image/jpeg', content: jpeg() },
		{ name: `file.${paper}`, filename: `${word()}.pdf`, type: 'application/pdf', content: pdf(word()) }]);
	const last = formOf(step4, '/kiem-tra');
	const done = await counter.accept(clerk, step4, fill(last, { way: 'post', signature: 'witness', notify: 'call' }));
	code = done.code;
});

test.must('search, login and lookup take canaries too', async () => {
	const { clerk } = people;
	const page = await clerk.get('/quay');
	for (const typed of [word(), digits(12, '000'), digits(10, '09')]) {
		const field = formOf(page, '/tim').fields.find(([name]) => !/csrf|form_id/.test(name));
		const found = await clerk.submit(page, '/tim', { [field ? field[0] : 'q']: typed });
		assert(found.status < 500);
	}
	const stranger = watched(stack.clerks());
	const nobody = word().toLowerCase();
	typedLogins.add(nobody);
	await stranger.submit(await stranger.get('/dang-nhap'), 'dang-nhap', { login: nobody, password: word() });
	await stranger.submit(await stranger.get('/dang-nhap'), 'dang-nhap', { login: 'canbo', password: word() });
	for (const lookup of [stack.lookup(), stack.centerLookup()]) {
		watched(lookup);
		await lookup.submit(await lookup.get('/'), '/tra-cuu', { so: word(), ma: word() });
	}
	// Addresses that nobody links to, typed by hand: the log must not repeat them.
	await clerk.request('GET', `/tim?q=${word()}`);
	await clerk.request('GET', `/khong-co/${word()}`);
	await stack.lookup().request('GET', `/h/${word()}.${randomBytes(16).toString('hex')}`);
	urls.splice(0, urls.length, ...urls.filter((url) => !/^\/(tim\?|khong-co)/.test(url)));
});

test.must('the acts on both sides', async () => {
	const { clerk, officer } = people;
	await counter.act(clerk, code, 'ghi-chu', { text: word() });
	await counter.act(clerk, code, 'chuyen-tinh', { unit: `Sở ${word()}`, note: word() });
	await stack.drained();
	const url = `/ho-so/${stack.boardId()}/${code}`;
	await officer.submit(await officer.get(url), 'nhan-xu-ly');
	const page = await officer.get(`${url}/ket-qua`);
	const done = await officer.submit(page, 'ket-qua', fill(formOf(page, 'ket-qua'), { signed_on: '24/11/2026' }),
		{ files: [{ name: 'file', filename: `${word()}.pdf`, type: 'application/pdf', content: pdf(word()) }] });
	assert(done.redirected, done.text.slice(0, 400));
	await stack.drained();
});

function walk(dir, found = []) {
	for (const entry of readdirSync(dir, { withFileTypes: true })) {
		const full = path.join(dir, entry.name);
		if (entry.isDirectory()) walk(full, found);
		else if (entry.isFile()) found.push(full);
	}
	return found;
}
function clean(files, but = new Set()) {
	for (const file of files) {
		const bytes = readFileSync(file);
		const shouted = bytes.toString('latin1').toLowerCase();
		for (const canary of canaries)
			assert(but.has(canary.toLowerCase()) || !shouted.includes(canary.toLowerCase()), `${path.relative(root, file)} holds ${canary}`);
	}
}

test('the canaries are where they belong: the journal', async () => {
	await stack.stop('board');
	await stack.stop('center');
	const text = walk(path.join(stack.data, 'board/db')).map((f) => readFileSync(f, 'latin1')).join('');
	assert(canaries.size > 30, `${canaries.size} canaries`);
	assert([...canaries].filter((canary) => text.includes(canary)).length > 15);
});

test('no log of either side holds one', () => {
	const logs = ['board', 'center'].flatMap((side) => walk(path.join(stack.data, side, 'log')));
	assert(logs.some((f) => statSync(f).size > 1000), 'something was logged');
	clean(logs);
});

test('no address holds one', () => {
	assert(urls.length > 40);
	for (const url of urls) {
		for (const canary of canaries) assert(!url.toLowerCase().includes(canary.toLowerCase()), url);
	}
});

test('no spool, upload, out, health, inbox or run folder holds one', () => {
	clean(['board', 'center'].flatMap((side) => ['spool', 'upload', 'out', 'health', 'inbox', 'sock', 'pid']
		.flatMap((dir) => walk(path.join(stack.data, side, dir)))));
});

test('what the public looks up holds none, nor do accounts and sessions', () => {
	clean(['board', 'center'].flatMap((side) => ['public', 'auth', 'run']
		.flatMap((dir) => walk(path.join(stack.data, side, dir)))), typedLogins);
});

test('no temporary file of the machine holds one', () => {
	const mine = [];
	for (const dir of new Set([os.tmpdir(), '/var/tmp', '/dev/shm'])) {
		try {
			for (const entry of readdirSync(dir, { withFileTypes: true })) {
				const full = path.join(dir, entry.name);
				if (entry.isFile() && statSync(full).mtimeMs >= started && statSync(full).size < 1e8) mine.push(full);
			}
		} catch {
			// No such folder here.
		}
	}
	clean(mine);
});

await run();
