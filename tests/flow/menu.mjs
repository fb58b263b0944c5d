// Goal: /viec shows each person the pages that open to him, all of them open, and no other; after the login
// each comes to the page of her own work.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { chooseProcedure, startDraft, tickPapers } from '../lib/clerk.mjs';
import { PASSWORD } from '../lib/client.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'menu', ports: [9600, 9603] });
cleanup((failed) => stack.down(failed));
const links = (page) => [...page.html.matchAll(/<a class="back" href="([^"]+)"/g)].map(([, url]) => url);
const seen = {};

test.must('a board without its center', async () => stack.up(['board']));
for (const login of ['canbo', 'chuyenvien', 'nguoiky', 'quanly'])
	test(`${login}: every page of the menu opens, and the menu is in every header`, async () => {
		const client = stack.clerks();
		await client.login(login);
		const page = await client.get('/viec');
		assert.equal(page.status, 200);
		assert(!page.html.includes('[?]'), 'a sentence is missing');
		seen[login] = links(page);
		assert(seen[login].length >= 3, seen[login].join(' '));
		assert.equal(new Set(seen[login]).size, seen[login].length, 'no page twice');
		for (const url of seen[login]) {
			const answer = await client.get(url);
			assert.equal(answer.status, 200, url);
			// What is made to be printed has no header, and its own way back.
			if (!/data-print|class="sheet|class="card-print|print\.css/.test(answer.html))
				assert.match(answer.html, /href="\/viec"/, url);
		}
		client.close();
	});
test('nobody is shown what the route table refuses', () => {
	assert(!seen.canbo.includes('/xu-ly') && seen.chuyenvien.includes('/xu-ly'));
	assert(!seen.chuyenvien.includes('/chung-thuc') && seen.canbo.includes('/chung-thuc'));
	assert(!seen.chuyenvien.includes('/duyet') && seen.nguoiky.includes('/duyet'));
});


const add = (login, roles) => {
	const added = stack.tram('board', ['user', 'add', login, '--name', 'Mai Thị Thử', '--roles', roles, '--keep-password'], `${PASSWORD}\n`);
	assert.equal(added.status, 0, added.stderr);
};
test('after the login each comes to the page of her own work, and it opens', async () => {
	for (const [login, roles, home] of [['canbo', '', '/quay'], ['quanly', '', '/quan-ly'], ['chuyenvien', '', '/xu-ly'], ['nguoiky', '', '/duyet'],
		['thuquy', 'cashier', '/thu-tien'], ['buuta', 'returner', '/tra-ket-qua'], ['vanthu', 'clerk_seal', '/chung-thuc/khay'],
		['hotro', 'guide', '/quay'], ['phogd', 'manager,intake', '/quay']]) {
		if (roles) add(login, roles);
		const client = stack.clerks();
		await client.login(login);
		const page = await client.get('/');
		assert.equal(page.status, 200, login);
		assert.equal(page.path.replace(/\?.*/, ''), home, login);
		assert.equal(page.html.includes('<a href="/thu-tien"'), ['canbo', 'thuquy'].includes(login), `${login}: the till in the menu`);
		client.close();
	}
});
test('support fills in step 4, is asked nothing about money, cannot accept, and what she typed is there for the clerk', async () => {
	const support = stack.clerks(), clerk = stack.clerks();
	await support.login('hotro');
	await clerk.login('canbo');
	const draft = await startDraft(support);
	const page = await tickPapers(support, await chooseProcedure(support, draft, '2.000635'));
	assert(!page.html.includes('name="fee_state"') && page.text.includes('Người tiếp nhận thu tiền'));
	const form = support.form(page, '/kiem-tra/luu');
	const accept = form.action.replace('/luu', '');
	const values = [...form.fields.filter(([name]) => !['way', 'd_name', 'd_address'].includes(name)), ['way', 'post'], ['d_name', 'Lê Thị Giả'], ['d_address', 'Xóm Thử'], ['fee_state', 'paid']];
	assert.equal((await support.post(accept, values)).status, 403, 'not hers');
	const kept = await support.post(form.action, [...values, ['later', '1']]);
	assert.equal(kept.location, '/quay?viec=nhap');
	await clerk.submit(await clerk.get(accept.replace('kiem-tra', 'nguoi')), '/nhan-lai');
	const after = await clerk.get(accept);
	assert.match(after.html, /id="d_name"[^>]*value="Lê Thị Giả"/);
	assert.match(after.html, /value="post" checked/);
	const bad = await support.post(form.action, [...values.filter(([name]) => name !== 'd_phone'), ['d_phone', 'abc']]);
	assert.notEqual(bad.status, 303, 'taken over by the clerk, or said beside the field');
	const done = await clerk.submit(after, '/kiem-tra', { d_phone: '0900000777', fee_state: 'later' });
	assert.match(done.redirected ?? '', /\/xong(?:\?hen=doi)?$/, done.text.slice(0, 400));
});

await run();
