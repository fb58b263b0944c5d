// Goal: what a procedure asks at the counter (questions, people, papers that depend on an answer) is
// asked, checked, kept, and stands in the dossier; the due time is explained by the versions it was
// counted by.
import { strict as assert } from 'node:assert';
import { cleanup, run, test } from '../lib/check.mjs';
import { accept, acceptDossier, chooseProcedure, dossier, fault, person, startDraft, tickPapers } from '../lib/clerk.mjs';
import { inDays } from '../lib/days.mjs';
import { Stack } from '../lib/stack.mjs';

const stack = new Stack({ name: 'procedures', ports: [9340, 9350] });
cleanup((failed) => stack.down(failed));
let clerk;

const marriage = async (who = person({ name: 'Nguyễn Văn Thử', sex: 'nam' })) => {
	const draft = await startDraft(clerk, who);
	return { ...draft, page: await clerk.submit(draft.page, '/thu-tuc', { procedure: '1.000894', find: '' }) };
};
const no = { 'hoi.khac-xa': 'khong', 'hoi.ly-hon-nuoc-ngoai': 'khong', 'hoi.xac-minh': 'khong' };
const bride = { 'ten.ben-nu': 'Trần Thị Mẫu', 'so.ben-nu': '000190000002', 'sinh.ben-nu': '05/03/1992' };
const step = (page, values) => clerk.submit(page, 'name="content"', { find: '', ...values });

test.must('a board without its center', async () => {
	await stack.up(['board']);
	clerk = stack.clerks();
	await clerk.login('canbo');
});
test('a procedure with questions asks them, and puts the applicant into the role that is hers', async () => {
	const { page } = await marriage();
	assert.match(page.redirected, /thu-tuc/);
	assert.match(page.text, /Phải xác minh điều kiện kết hôn\?/);
	assert.match(page.html, /name="ten\.ben-nam"[^>]*value="Nguyễn Văn Thử"/);
	assert.match(page.html, /name="ten\.ben-nu"[^>]*value=""/);
	assert(!page.html.includes('name="case"'), 'the answers choose the case');
});
test('unanswered questions and unnamed people are said beside their fields; what was typed stays', async () => {
	const { page } = await marriage();
	const answer = await step(page, { 'hoi.xac-minh': 'co', 'sinh.ben-nam': '31/02/1990', 'dt.ben-nu': '12', content: 'Đăng ký kết hôn lần hai' });
	assert.equal(answer.status, 422);
	for (const field of ['hoi-khac-xa', 'ten-ben-nu', 'sinh-ben-nam', 'dt-ben-nu']) assert(fault(answer, field), field);
	assert(!fault(answer, 'hoi-xac-minh'));
	assert.match(answer.html, /name="hoi\.xac-minh" value="co" checked/);
	assert.match(answer.html, /value="31\/02\/1990"/);
	assert(answer.html.includes('Đăng ký kết hôn lần hai'));
	const odd = await step(page, { ...no, ...bride, 'hoi.xac-minh': 'có thể' });
	assert.equal(odd.status, 422);
	assert(fault(odd, 'hoi-xac-minh'));
});
test('the answers choose case, due time and papers; persons stand in the dossier and on the slip', async () => {
	const { page, id } = await marriage();
	let papers = await step(page, { ...no, ...bride });
	assert.match(papers.redirected, /giay-to/, papers.text.slice(0, 400));
	assert(!papers.text.includes('Giấy xác nhận tình trạng hôn nhân'));
	const again = await clerk.get(`/ho-so/moi/${id}/thu-tuc`);
	assert.match(again.html, /name="ten\.ben-nu"[^>]*value="Trần Thị Mẫu"/);
	papers = await step(again, { ...no, ...bride, 'hoi.khac-xa': 'co', 'hoi.xac-minh': 'co' });
	assert(papers.text.includes('Giấy xác nhận tình trạng hôn nhân'));
	assert(papers.text.includes('Phải xác minh'), 'the case stands in the summary');
	assert(!papers.text.includes('Trích lục ghi chú ly hôn'));
	const { code } = await accept(clerk, await tickPapers(clerk, papers));
	const seen = await dossier(clerk, code);
	assert.match(seen.text, /Bên nam Nguyễn Văn Thử/);
	assert.match(seen.text, /Bên nữ Trần Thị Mẫu 05\/03\/1992 000190000002/);
	assert.match(seen.text, /Tính theo danh mục bản 2026\.11\.2, lịch bản 2026\.1/);
	const slip = await clerk.get(`/ho-so/${encodeURIComponent(code)}/giay-hen`);
	assert.match(slip.text, /Người liên quan: Bên nam: Nguyễn Văn Thử ?; Bên nữ: Trần Thị Mẫu/);
	assert.match(slip.text, /5 ngày làm việc/);
});
test('a draft cannot be accepted with a question open, however it was reached', async () => {
	const { id } = await marriage();
	const papers = await clerk.get(`/ho-so/moi/${id}/giay-to`);
	const check = await clerk.submit(papers, '/tai-len/', { add_name: '' }, { button: 'all', files: [] });
	const refused = await clerk.submit(check, '/kiem-tra', {});
	assert.equal(refused.status, 422);
	assert.match(refused.text, /Bước 2: trả lời các câu hỏi/);
	assert.match(refused.text, /Bước 2: ghi họ tên người liên quan/);
});
test('another procedure takes its own questions and people; "later" demands nothing', async () => {
	const { page, id } = await marriage();
	const parked = await clerk.submit(page, 'name="content"', { find: '', ...bride }, { button: 'later' });
	assert.match(parked.redirected, /viec=nhap/);
	const back = await clerk.get(`/ho-so/moi/${id}/thu-tuc`);
	assert.match(back.html, /name="so\.ben-nu"[^>]*value="000190000002"/);
	const other = await chooseProcedure(clerk, { page: back, id }, '2.000635');
	const { code } = await accept(clerk, await tickPapers(clerk, other));
	assert(!(await dossier(clerk, code)).text.includes('Trần Thị Mẫu'), 'no person of a role it does not have');
});
test('by post the clock starts at the postmark, and the count says so', async () => {
	const mark = inDays(-3);
	const draft = await startDraft(clerk, person({ channel: 'post', postmark: mark.typed }));
	const { code } = await accept(clerk, await tickPapers(clerk, await chooseProcedure(clerk, draft, '9.999001')));
	const page = await dossier(clerk, code);
	assert.match(page.text, /Tính theo danh mục bản/, page.text.slice(0, 900));
	assert(page.text.includes(mark.numbers.join('/')));
});
test('all of it is in the journal: a rebuild comes to the same', async () => {
	await acceptDossier(clerk, { procedure: '1.001193' });
	await stack.stop('board');
	const compare = stack.tram('board', ['rebuild', '--compare']);
	assert.equal(compare.status, 0, compare.stdout + compare.stderr);
});

await run();
