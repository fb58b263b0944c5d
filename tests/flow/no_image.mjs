// Goal: the program that reads pictures is not there (a broken update, a full process table): a photo stays
// as it came, nothing that was typed is lost, nothing half done is kept, the dossier is accepted all the
// same; once the program is back, pages are made again.
import { strict as assert } from 'node:assert';
import { copyFileSync, cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { cleanup, run, test } from '../lib/check.mjs';
import { accept, chooseProcedure, startDraft } from '../lib/clerk.mjs';
import { jpeg, pdf } from '../lib/files.mjs';
import { Stack, build, root } from '../lib/stack.mjs';

// The programs of the build without that one.
const programs = path.join(root, 'build/test-data/no-image-programs');
rmSync(programs, { recursive: true, force: true });
mkdirSync(programs, { recursive: true });
for (const name of readdirSync(build, { withFileTypes: true }))
	if (name.isFile() && /^tram(-|$)/.test(name.name) && name.name !== 'tram-image') cpSync(path.join(build, name.name), path.join(programs, name.name));
symlinkSync(path.join(build, 'static'), path.join(programs, 'static'));
const stack = new Stack({ name: 'no-image', ports: [9210, 9216], env: { BUILD: programs } });
cleanup(async (failed) => {
	await stack.down(failed);
	rmSync(programs, { recursive: true, force: true });
});
let clerk, draft, paper;
const back = () => clerk.get(`/ho-so/moi/${draft.id}/giay-to`);
const photo = () => [{ name: `file.${paper}`, filename: 'anh.jpg', type: 'image/jpeg', content: jpeg(3000) }];
const spool = () => readdirSync(path.join(stack.data, 'board/spool')).filter((name) => !name.endsWith('.json'));

test.must('a board without the picture program, a dossier at its papers', async () => {
	await stack.up(['board']);
	clerk = stack.clerks();
	await clerk.login('canbo');
	draft = await startDraft(clerk);
	const page = await chooseProcedure(clerk, draft, '2.000635');
	paper = /name="file\.([^"]+)"/.exec(page.html)[1];
});
test('a photo is kept as it came; what was typed stays, nothing is left half done', async () => {
	const [sent] = photo();
	const answer = await clerk.submit(await back(), '/tai-len/', { add_name: '', sets: '3' }, { button: 'stay', files: [sent] });
	assert.equal(answer.status, 200, answer.text.slice(0, 300));
	const page = await back();
	const [shot] = /<li class="shot[ "][\s\S]*?<\/li>/.exec(page.html) ?? assert.fail(page.text.slice(0, 400));
	const kept = await clerk.request('GET', /href="([^"]+\/tep\/\d+)"/.exec(shot)[1]);
	assert(kept.bytes.equals(sent.content), 'byte for byte');
	assert.match(page.html, /name="sets"[^>]*value="3"/);
	assert.equal(spool().length, 0, spool().join());
});
test('a PDF is not judged and not taken unread: told in words, or kept as it is', async () => {
	const answer = await clerk.submit(await back(), '/tai-len/', { add_name: '' },
		{ button: 'stay', files: [{ name: `file.${paper}`, filename: 'don.pdf', type: 'application/pdf', content: pdf() }] });
	assert([200, 422, 503].includes(answer.status), `${answer.status}: ${answer.text.slice(0, 300)}`);
	assert(!/errno|tram-image/.test(answer.text), 'no machine words');
});
test('a card by photo: its answer is a sentence, and the page goes on by hand', async () => {
	const page = await clerk.get(`/ho-so/moi/${draft.id}/nguoi`);
	const form = /action="(\/tai-len\/[^"]*)"/.exec(page.html);
	assert(form, 'the page offers to read a card from a photo');
	const answer = await clerk.submit(page, form[1], {}, { files: [{ name: 'photo', filename: 'the.jpg', type: 'image/jpeg', content: jpeg(3000) }] });
	assert(answer.status < 500 || answer.status === 503, `${answer.status}`);
	assert(!/errno|tram-image/.test(answer.text), 'no machine words');
});
test('the counter goes on: the dossier is accepted with the photo as it came', async () => {
	const check = await clerk.submit(await back(), '/tai-len/', { add_name: '' }, { button: 'all', files: [] });
	assert.match(check.redirected ?? '', /\/kiem-tra$/, check.text.slice(0, 300));
	const { code } = await accept(clerk, check);
	assert.match((await clerk.get(`/ho-so/${encodeURIComponent(code)}`)).html, /\/tep\/[0-9a-f]{64}/);
});
test('it comes back, and the next photo becomes a page', async () => {
	copyFileSync(path.join(build, 'tram-image'), path.join(programs, 'tram-image'));
	draft = await startDraft(clerk);
	await chooseProcedure(clerk, draft, '2.000635');
	const [sent] = photo();
	await clerk.submit(await back(), '/tai-len/', { add_name: '' }, { button: 'stay', files: [sent, { name: `file.${paper}`, filename: 'don.pdf', type: 'application/pdf', content: pdf() }] });
	const page = await back();
	assert.equal(page.html.match(/<li class="shot[ "]/g)?.length, 2);
	const made = await clerk.request('GET', /href="([^"]+\/tep\/\d+)"/.exec(page.html)[1]);
	assert(!made.bytes.equals(sent.content), 'made anew, not kept as it came');
});

await run();
