// explain.mjs: `tram explain`: one JSON object on stdout, exit 2 with {"error": …} on bad input.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test, run } from '../lib/check.mjs';

const tram = path.resolve(process.env.BUILD ?? 'build', 'tram');

function explain(args, input = '') {
	const ran = spawnSync(tram, ['explain', ...args], { input, encoding: 'utf8' });
	assert.equal(ran.stderr, '');
	assert.equal(ran.stdout.split('\n').length, 2, 'one line');
	return { status: ran.status, ...JSON.parse(ran.stdout) };
}
function refused(args, input) {
	const answer = explain(args, input);
	assert.equal(answer.status, 2, args.join(' '));
	assert.deepEqual(Object.keys(answer), ['status', 'error']);
	assert(answer.error.length > 5);
}

test('due times, with the count in sentences', () => {
	const due = (received, ...rest) => explain(['due', '--received', received, ...rest]);
	const first = due('2026-08-21 16:10', '--limit', '1 working-days');
	assert.equal(first.status, 0);
	assert.equal(first.due, '2026-08-22T16:10');
	assert.equal(first.certain, true);
	assert(first.why.length >= 3 && first.why.every((s) => /^[^{}?]+\.$/.test(s)), first.why.join(' '));
	assert(first.why.some((s) => s.includes('22/08/2026')), 'the make-up day is told');
	assert.equal(due('2026-02-13 15:30', '--same-day-after-15').due, '2026-02-23T15:30');
	assert.equal(due('2026-11-23T15:05', '--same-day-after-15').due, '2026-11-25T15:05');
	assert.equal(due('2026-11-23 15:00:00', '--same-day-after-15').due, '2026-11-23T17:00');
	assert.equal(due('2026-11-02 16:00', '--limit=0.25 working-days').due, '2026-11-03T08:00');
	assert.equal(due('2026-11-02 08:00', '--limit', '5 calendar-days').due, '2026-11-09T17:00');
	assert.equal(due('2026-11-02 08:00', '--limit', '8 hours').due, '2026-11-03T08:00');
	assert.equal(due('2026-11-02 08:00', '--limit', 'none').due, null);
	assert.equal(due('2026-12-31 08:00', '--limit', '1 working-days').certain, false);
});
test('ID cards: extra separators change nothing, contradictions warn', () => {
	const payload = '000090000001||Nguyễn Văn Thử|05031990|Nam|Xóm 1, Cẩm Bình, Hà Tĩnh|01072022';
	const plain = explain(['card'], payload);
	assert.deepEqual(plain, { status: 0, number: '000090000001', old_number: '', name: 'Nguyễn Văn Thử',
		birth: '1990-03-05', sex: 'Nam', address: 'Xóm 1, Cẩm Bình, Hà Tĩnh', issued: '2022-07-01',
		warnings: [] });
	for (const other of [`${payload}||||`, `${payload}||||\r\n`, payload.normalize('NFD'),
		`${payload}|Trần Thị Mẫu|Lê Văn Chứng`])
		assert.deepEqual(explain(['card'], other), plain);
	assert.equal(explain(['card'], payload.replace('|Nam|', '|Nữ|')).warnings.length, 1);
	assert.equal(explain(['card'], payload.replace('05031990', '1990')).birth, '1990');
});
test('fees of the certification table', () => {
	const fee = (...args) => explain(['fee', '--procedure', ...args]).total;
	assert.equal(fee('2.000815', '--pages', '3', '--copies', '1'), 5000);
	assert.equal(fee('2.000815', '--pages', '1'), 2000);
	assert.equal(fee('2.000815', '--pages', '500', '--copies', '2'), 400000);
	assert.equal(fee('2.000884', '--copies', '2'), 20000);
	assert.equal(fee('2.001019'), 50000);
	assert.equal(fee('2.000908'), 0);
});
test('codes', () => {
	assert.deepEqual(explain(['code', 'H15.50.05.13-261008-0975']), { status: 0, agency: 'H15.50.05.13',
		date: '2026-10-08', sequence: '0975', variant: 'ordinary', rehearsal: false });
	assert.equal(explain(['code', 'G09.20-20260609-0092637']).variant, 'long-date');
	assert.equal(explain(['code', '000.00.00.H27-200101-0001']).variant, 'old');
	assert.equal(explain(['code', 'CT18685.1-261124-0001']).rehearsal, true);
});
test('bad input: exit 2 and a reason', () => {
	refused([]);
	refused(['moon']);
	refused(['due']);
	refused(['due', '--received', '2026-02-30 08:00', '--limit', '1 working-days']);
	refused(['due', '--received', '2026-02-20 08:00', '--limit', '1.3 working-days']);
	refused(['due', '--received', '2026-02-20 08:00', '--limit']);
	refused(['due', '--received', '1990-02-20 08:00', '--limit', '1 working-days']);
	refused(['due', '--received', '2026-02-20 08:00', '--limit', '1 hours', '--calendar', 'no/such']);
	refused(['due', '--colour', 'red']);
	refused(['card'], '');
	refused(['card'], 'hello');
	refused(['card'], '|'.repeat(9000));
	refused(['fee', '--procedure', '2.001009']);
	refused(['fee', '--procedure', '2.000815', '--pages', '0']);
	refused(['fee', '--procedure', '2.000815', '--case', 'none']);
	refused(['code']);
	refused(['code', 'H27-261324-0001']);
	refused(['code', '<script>']);
	refused(['code', 'a', 'b']);
});

await run();
