// Goal: /viec shows each person the pages that open to him, all of them open, and no other.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
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

await run();
