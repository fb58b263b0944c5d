// days.mjs: days as tests need them, counted from today and written as the pages write them. A test with
// a fixed date to come would fail from that day on.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './stack.mjs';

const calendar = JSON.parse(readFileSync(path.join(root, 'board/calendar.json'), 'utf8'));
const listed = new Map();
for (const { from, to = from, works = false } of calendar.days)
	for (let day = Date.parse(from); day <= Date.parse(to); day += 864e5) listed.set(day, works);

// A day at the counter: Viet Nam is seven hours ahead all year.
class Day {
	constructor(ms) {
		this.ms = ms;
		this.date = new Date(ms);
	}
	get numbers() {
		return [this.date.getUTCDate(), this.date.getUTCMonth() + 1, this.date.getUTCFullYear()];
	}
	// As one types it: 03/12/2026.
	get typed() {
		return this.numbers.map((n) => String(n).padStart(2, '0')).join('/');
	}
	// As a field of a day and a time sends it: 2026-12-03T16:00.
	at(clock) {
		return `${this.date.toISOString().slice(0, 10)}T${clock}`;
	}
	get weekday() {
		return ['Chủ nhật', 'thứ Hai', 'thứ Ba', 'thứ Tư', 'thứ Năm', 'thứ Sáu', 'thứ Bảy'][this.date.getUTCDay()];
	}
	// As screens show it: 16:00, thứ Năm 3/12/2026.
	screen(clock) {
		return `${clock}, ${this.weekday} ${this.numbers.join('/')}`;
	}
	// As papers show it: 16 giờ 00 phút, thứ Năm, ngày 03 tháng 12 năm 2026 (NĐ 30/2020, annex I).
	paper(clock) {
		const [day, month, year] = this.numbers;
		return `${clock.replace(':', ' giờ ')} phút, ${this.weekday}, ngày ${String(day).padStart(2, '0')} tháng `
			+ `${month < 3 ? `0${month}` : month} năm ${year}`;
	}
	// true: surely worked on, false: surely not, by the shipped calendar; null where a year that is not
	// announced may have a holiday (1/1, Tết, 30/4, 1/5, 1–3/9, 24/11 and the Kings' day in spring).
	get works() {
		const [day, month, year] = this.numbers;
		if (listed.has(this.ms)) return listed.get(this.ms);
		if (this.date.getUTCDay() % 6 === 0) return false;
		const maybe = year > calendar.announced.to && ((day === 1 && month === 1) || (month === 1 && day > 14) || month === 2
			|| month === 4 || (month === 5 && day < 4) || (month === 8 && day > 29) || (month === 9 && day < 4)
			|| (month === 11 && day === 24));
		return maybe ? null : true;
	}
}

const now = new Date(Date.now() + 7 * 36e5);
const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
// Days ahead, or ago for less than 0.
export const inDays = (n) => new Day(today + n * 864e5);
// The first day of kind (works: true or false) that is so many days ahead or more.
const firstFrom = (n, works) => {
	for (;; n++) if (inDays(n).works === works) return n;
};
// So many working days ahead of today, the first being the one after today; none that may be a holiday.
export function workday(n) {
	let at = 0;
	for (; n > 0; n--) at = firstFrom(at + 1, true);
	return inDays(at);
}
// A Saturday, Sunday or holiday, so many days ahead or more.
export const dayOff = (n) => inDays(firstFrom(n, false));
