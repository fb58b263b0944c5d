// movement.mjs: lists by which papers change hands, the specialist's tray, questions, drafts, the
// post: looked at in three widths with axe and html-validate.
import { cleanup, run, test } from '../lib/check.mjs';
import { acceptDossier, act } from '../lib/clerk.mjs';
import { People } from '../lib/look.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'movement-browser', ports: [9353, 9363] });
cleanup((failed) => stack.down(failed));
const origin = 'http://127.0.0.1:9353';
const people = new People(origin, 'movement');
let clerk, specialist, codes, list;

const at = (code, slug) => `/ho-so/${encodeURIComponent(code)}/${slug}`;

test.must('a board without its center, dossiers and a list', async () => {
	await stack.up(['board']);
	[clerk, specialist] = [stack.clerks(), stack.clerks()];
	await clerk.login('canbo');
	await specialist.login('chuyenvien');
	codes = [];
	for (let i = 0; i < 4; i++) codes.push((await acceptDossier(clerk)).code);
	const page = await clerk.get('/ban-giao/moi?loai=ho-so');
	const done = await clerk.submit(page, '/ban-giao/moi', { to: /name="to" value="(u-[^"]+)"/.exec(page.html)[1], codes: `${codes[0]}\n${codes[1]}` });
	list = done.redirected;
	await act(specialist, codes[2], 'nhan-xu-ly');
	await specialist.submit(await specialist.get(at(codes[2], 'de-xuat/tu-choi')), 'de-xuat', { reason: 'Không đủ điều kiện' });
	await specialist.submit(await specialist.get(at(codes[2], 'cau-hoi')), '/cau-hoi', { to: 'counter', text: 'Tờ khai có chữ ký không?' });
});
for (const [name, login, path] of [['lists', 'canbo', () => '/ban-giao'], ['new', 'canbo', () => '/ban-giao/moi?loai=ho-so'],
	['list', 'chuyenvien', () => list], ['print', 'canbo', () => `${list}/in`], ['tray', 'chuyenvien', () => '/xu-ly'],
	['questions', 'canbo', () => '/cau-hoi'], ['question', 'canbo', () => at(codes[2], 'cau-hoi')], ['drafts', 'quanly', () => '/duyet'],
	['propose', 'canbo', () => at(codes[3], 'de-xuat')], ['supplement', 'canbo', () => at(codes[3], 'de-xuat/bo-sung')],
	['post-in', 'canbo', () => '/buu-chinh/nhan'], ['post-out', 'canbo', () => '/buu-chinh/giao']])
	test(`${name} as it opens`, async () => (await people.open(login, path())).look(name));
test('a draft is decided', async () => {
	const manager = await people.open('quanly', '/duyet');
	await manager.press('a[href^="/duyet/"]');
	await manager.look('decide');
});
await run();
