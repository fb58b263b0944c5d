// Goal: the newcomer's story, end to end on the real stack. A dossier that the commune decides runs
// its whole way with the link dead; one that the province decides goes over, is finished there with a
// file, and comes back; what is taken in while the center is down survives SIGKILL of every board
// process and arrives, once. Both sides then agree event for event.
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier, decideAtCommune, decideAtProvince, dossier, handOver, person, returnResult }
	from '../lib/clerk.mjs';
import { pdf } from '../lib/files.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'smoke', ports: [9830, 9840] });
cleanup((failed) => stack.down(failed));
const people = {};
const resultFile = pdf('Ket qua cua tinh');
let communeCode, provinceCode;
const later = [];

async function logIn() {
	for (const [role, login] of Object.entries({ clerk: 'canbo', specialist: 'chuyenvien', signer: 'nguoiky' })) {
		people[role]?.close();
		people[role] = stack.clerks();
		await people[role].login(login);
	}
}

test.must('a fresh board starts without its center', async () => {
	await stack.up(['board']);
	await logIn();
});

test.must('2.000635 is taken in, processed, signed, finished and returned with the link dead', async () => {
	const taken = await acceptDossier(people.clerk, { procedure: '2.000635', files: true });
	communeCode = taken.code;
	assert(taken.page.text.includes(communeCode), 'the number is not on the last page');
	const page = await dossier(people.clerk, communeCode);
	assert.match(page.text, /Đã lưu tại quầy/);
	await decideAtCommune(people, communeCode);
	assert.match((await dossier(people.clerk, communeCode)).text, /Đã trả/);
	assert(stack.status().unsent > 5);
});

test.must('the slip shows number, due time and a QR; lookup answers by it and names nobody', async () => {
	const who = person();
	const { code } = await acceptDossier(people.clerk, { procedure: '2.000635', who });
	const slip = await people.clerk.get(`/ho-so/${encodeURIComponent(code)}/giay-hen`);
	assert.equal(slip.status, 200);
	assert(slip.text.includes(code) && slip.text.includes(who.name));
	assert.match(slip.text, /CHẠY THỬ/);
	const secret = /\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b/.exec(slip.text)?.[0];
	assert(secret, 'no typed secret on the slip');
	const lookup = stack.lookup();
	const ask = async (typed) => lookup.submit(await lookup.get('/'), '/tra-cuu', { so: code, ma: typed });
	const answer = await ask(secret.toLowerCase());
	assert.equal(answer.status, 200, answer.text.slice(0, 300));
	assert(answer.text.includes(code));
	for (const word of [who.name, who.number, who.phone]) assert(!answer.html.includes(word));
	const wrong = await ask('0000-0000');
	assert.equal(wrong.status, 404, wrong.text.slice(0, 300));
	lookup.close();
});

test.must('the center comes up: everything drains, once', async () => {
	await stack.start('center');
	await stack.drained(60);
	await until('the commune\'s dossier is wholly at the center', 30, async () =>
		/Tỉnh đã nhận đủ/.test((await dossier(people.clerk, communeCode)).text));
});

test.must('9.999001 goes to the province, is finished there with a file and returned here', async () => {
	const taken = await acceptDossier(people.clerk, { procedure: '9.999001', files: true });
	provinceCode = taken.code;
	await handOver(people.clerk, provinceCode);
	await stack.drained();
	await until('the board shows that the province has all', 30, async () =>
		/Tỉnh đã nhận đủ/.test((await dossier(people.clerk, provinceCode)).text));
	const officer = stack.officers();
	await officer.login('tinh');
	people.officer = officer;
	const url = `/ho-so/${stack.boardId()}/${encodeURIComponent(provinceCode)}`;
	const page = await officer.get(url);
	assert.equal(page.status, 200);
	const files = [...page.html.matchAll(new RegExp(`href="(${url}/tep/[0-9a-f]{64})"`, 'g'))];
	assert.equal(new Set(files.map((m) => m[1])).size, 2, 'two photos bound into one PDF, and a PDF');
	for (const [, href] of files) {
		const file = await officer.request('GET', href);
		assert.equal(file.status, 200);
		assert.equal(createHash('sha256').update(file.bytes).digest('hex'), href.slice(-64));
		assert.equal(file.headers['x-content-type-options'], 'nosniff');
	}
	await decideAtProvince(officer, stack.boardId(), provinceCode, resultFile);
	const hash = createHash('sha256').update(resultFile).digest('hex');
	const shown = await until('the board shows the result and its file', 30, async () => {
		const here = await dossier(people.clerk, provinceCode);
		return /Có kết quả, chờ trả/.test(here.text) && here.html.includes(`/tep/${hash}"`) && here;
	});
	const file = await people.clerk.request('GET', `/ho-so/${encodeURIComponent(provinceCode)}/tep/${hash}`);
	assert.equal(file.status, 200);
	assert.deepEqual(file.bytes, resultFile);
	assert.match(shown.text, /H27\.\d+[-0-9.]*/, 'no official code');
	await returnResult(people.clerk, provinceCode);
	await stack.drained();
	assert.match((await dossier(people.clerk, provinceCode)).text, /Đã trả/);
	await until('the center shows it returned', 20, async () =>
		/Đã trả/.test((await officer.get(url)).text));
});

test.must('center stopped, three more, SIGKILL of every board process: all three arrive, once', async () => {
	await stack.stop('center');
	for (const procedure of ['2.000635', '9.999001', '2.000635'])
		later.push((await acceptDossier(people.clerk, { procedure, files: true })).code);
	await stack.kill('board');
	await stack.start('board');
	await stack.start('center');
	await stack.drained(60);
	await logIn();
	for (const code of later) {
		await until(`${code} is wholly at the center`, 30, async () =>
			/Tỉnh đã nhận đủ/.test((await dossier(people.clerk, code)).text));
		const there = await people.officer.get(`/ho-so/${stack.boardId()}/${encodeURIComponent(code)}`);
		assert.equal(there.status, 200, code);
	}
	assert.equal(new Set(later).size, 3);
});

test('tram verify and tram digest agree on both sides', async () => {
	await until('equal logs', 20, () => stack.verifyBoth());
	assert.deepEqual(stack.digest('board'), stack.digest('center'));
});

test('tram rebuild comes to the same tables, on both sides', async () => {
	await stack.stop('board');
	await stack.stop('center');
	for (const side of ['board', 'center']) {
		const compared = stack.tram(side, ['rebuild', '--compare']);
		assert.equal(compared.status, 0, compared.stdout + compared.stderr);
	}
	const before = stack.digest('board');
	assert.equal(stack.tram('board', ['rebuild']).status, 0);
	assert.deepEqual(stack.digest('board'), before);
});

await run();
