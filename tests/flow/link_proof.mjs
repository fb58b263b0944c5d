// link_proof.mjs: where a dossier is, proven by the province's receipts: the clerk's page, the receipts
// themselves, and the citizen's slip whose page shows the same code at the point and at the province.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test, until } from '../lib/check.mjs';
import { acceptDossier } from '../lib/clerk.mjs';
import { health } from '../lib/fake_center.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'link-proof', ports: [9449, 9455],
	board: 'retry_min_s = 1\npoll_max_s = 2\npoll_active_s = 1\nlink_timeout_s = 3\n' });
cleanup((failed) => stack.down(failed));
let clerk, first, second;
const proof = (code) => clerk.get(`/ho-so/${code}/duong-truyen`);
const typedOf = async (code) => /\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b/.exec(
	(await clerk.get(`/ho-so/${encodeURIComponent(code)}/giay-hen`)).text)[0];
const ask = async (client, code, typed) => {
	const answer = await client.submit(await client.get('/'), '/tra-cuu', { so: code, ma: typed });
	client.close();
	return answer;
};
const codeOn = (page) => /Mã biên nhận ([0-9A-F]{4}-[0-9A-F]{4})/.exec(page.text)?.[1];

test.must('one dossier at the province, one taken in while the line is dead', async () => {
	await stack.up();
	clerk = stack.clerks();
	await clerk.login('canbo');
	first = await acceptDossier(clerk, { files: true });
	await stack.drained();
	await stack.stop('center');
	second = await acceptDossier(clerk, { files: true });
	await until('the forwarder has tried', 20, () => health(stack).link === 'down');
});
test('each event and each file says where it is and by which receipt', async () => {
	const sent = await proof(first.code), waits = await proof(second.code);
	assert.match(sent.text, /Biên nhận số \d+ mã [0-9A-F]{4}-[0-9A-F]{4}/);
	assert(!sent.text.includes('Đang chờ gửi'));
	assert.match(sent.text, /Tỉnh ghi/, 'the province\'s own event');
	assert(!/Biên nhận số/.test(waits.text));
	assert((waits.text.match(/Đang chờ gửi/g) ?? []).length >= 3, 'its events and two files');
	assert.match((await clerk.get(`/ho-so/${second.code}`)).text, /Còn khoảng \d+ phút|Chưa đo được tốc độ/);
	assert(!/Còn khoảng|Chưa đo được/.test((await clerk.get(`/ho-so/${first.code}`)).text));
});
test('how long it takes, by the measured pace of the line', async () => {
	const sql = (text) => execFileSync('sqlite3', ['-cmd', '.timeout 5000', path.join(stack.data, 'board/db/tram.db'), text],
		{ encoding: 'utf8' }).trim();
	const bytes = Number(sql(`SELECT sum(f.size) FROM dossier_file f JOIN dossier d ON d.id = f.dossier WHERE d.code = '${second.code}'`));
	sql('UPDATE link_state SET goodput = 3');
	const minutes = Math.floor((Math.floor(bytes / 3) + 30) / 60);
	assert(minutes > 1 && minutes < 120, `${bytes} bytes`);
	for (const page of [await clerk.get(`/ho-so/${second.code}`), await proof(second.code)])
		assert(page.text.includes(`Còn khoảng ${minutes} phút nữa tỉnh nhận đủ tệp`), page.text);
});
test('the receipts can be checked by whoever has the province\'s public key', async () => {
	const answer = await clerk.get(`/ho-so/${first.code}/bien-nhan`);
	assert.match(answer.headers['content-disposition'], /^attachment/);
	const key = createPublicKey(readFileSync(path.join(stack.data, 'center/keys/center/receipt.pub')));
	const lines = answer.html.trim().split('\n');
	assert(lines.length >= 3, 'a receipt for the events and one for each file');
	const kinds = lines.map((jws) => {
		const [head, payload, signature] = jws.split('.');
		assert(verify('sha256', Buffer.from(`${head}.${payload}`), { key, dsaEncoding: 'ieee-p1363' },
			Buffer.from(signature, 'base64url')));
		return JSON.parse(Buffer.from(head, 'base64url')).typ;
	});
	assert(kinds.includes('tram-receipt') && kinds.filter((typ) => typ === 'tram-blob').length === 2);
});
test('the slip: the same code on the point\'s page and on the province\'s', async () => {
	const waiting = await ask(stack.lookup(), second.code, await typedOf(second.code));
	assert.match(waiting.text, /đã lưu an toàn tại điểm tiếp nhận và sẽ tự gửi/);
	assert.equal(codeOn(waiting), undefined);
	await stack.start('center');
	await stack.drained();
	for (const { code } of [first, second]) {
		const secret = await typedOf(code);
		const here = await until('the point\'s page has it', 10, async () => {
			const page = await ask(stack.lookup(), code, secret);
			return codeOn(page) && page;
		});
		const there = await ask(stack.centerLookup(), code, secret);
		assert.equal(there.status, 200);
		assert(codeOn(there), there.text);
		assert.equal(codeOn(here), codeOn(there));
		assert.equal(/biên nhận số (\d+)/.exec(here.text)[1], /biên nhận số (\d+)/.exec(there.text)[1]);
		const mine = await proof(code);
		assert(mine.text.includes(`mã ${codeOn(here)}`), 'the clerk sees the same');
	}
});
test('public.db made anew names the same receipts', async () => {
	const secret = await typedOf(second.code);
	const before = codeOn(await ask(stack.lookup(), second.code, secret));
	await stack.stop('board');
	for (const end of ['', '-wal', '-shm']) rmSync(path.join(stack.data, `board/public/public.db${end}`), { force: true });
	assert.equal(stack.tram('board', ['migrate']).status, 0);
	await stack.start('board');
	await until('it is there again', 20, async () =>
		codeOn(await ask(stack.lookup(), second.code, secret)) === before);
	clerk.close();
});

await run();
