/* Intake with a little help: scanned bursts go where they belong, the list of procedures shrinks
while one types, the page keeps its place, scans go up in pieces and resume. Without this file every
page works all the same. */
(() => {
'use strict';
const doc = document, page = location.pathname;
doc.documentElement.classList.add('js');
const keep = (key, value) => {
	try {
		if (value === undefined)
			return sessionStorage.getItem(key);
		value === null ? sessionStorage.removeItem(key) : sessionStorage.setItem(key, value);
	} catch (e) { /* storage is off: nothing is kept */ }
	return null;
};

/* Keeping the place: the same page comes back after its form was sent. */
doc.addEventListener('submit', () => keep('scroll', page + ' ' + scrollY));
const [at, y] = (keep('scroll') || '').split(' ');
keep('scroll', null);
if (at === page && !location.hash && !doc.querySelector('.summary'))
	scrollTo(0, +y);
const summary = doc.querySelector('.summary');
if (summary) {
	summary.tabIndex = -1;
	summary.focus();
}

/* A scanner types into whatever has the focus: a card's payload goes to the card's field. */
const card = /(\d{12}\|[^|]*(\|[^|]*){5,14})$/;
doc.addEventListener('keydown', event => {
	const input = event.target, to = doc.getElementById('card') || doc.getElementById('q');
	if (event.key !== 'Enter' || input.tagName !== 'INPUT' || !to || /card$|^q$/.test(input.id))
		return;
	const found = card.exec(input.value);
	if (!found)
		return;
	event.preventDefault();
	input.value = input.value.slice(0, found.index);
	to.value = found[1];
	to.form.requestSubmit();
});

/* Procedures: any words, in any order, with or without diacritics. */
const find = doc.getElementById('find'), all = doc.getElementById('tat-ca');
if (find && all) {
	const fold = text => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase()
		.replace(/\u0111/g, 'd');
	find.addEventListener('input', () => {
		const words = fold(find.value).split(/\s+/).filter(Boolean);
		for (const group of all.querySelectorAll('details')) {
			let any = false;
			for (const pick of group.querySelectorAll('.pick')) {
				const text = fold(pick.textContent);
				pick.hidden = !words.every(word => text.includes(word));
				any = any || !pick.hidden;
			}
			group.hidden = !any;
			group.open = any && words.length > 0;
		}
	});
}

/* The till counts while one types; the server counts again. Many pages: proposes to return later. */
const till = doc.getElementById('till');
if (till) {
	const money = dong => dong.toLocaleString('vi-VN') + ' \u0111', field = till.elements;
	let chosen = false;
	const count = () => {
		const rule = field.work.value ? till.querySelector('[name=work]:checked').dataset : {};
		let total = 0, all = 0;
		for (let i = 1; field['paper_' + i]; i++) {
			const number = name => parseInt(field[name + '_' + i].value || 1, 10) || 0;
			const pages = number('pages'), copies = number('copies') + field['electronic_' + i].checked;
			const used = ['paper', 'pages', 'copies'].some(name => field[name + '_' + i].value.trim());
			let one = +rule.flat;
			if (+rule.first)
				one = Math.min(+rule.max || Infinity, Math.min(pages, rule.pages) * rule.first
					+ Math.max(0, pages - rule.pages) * rule.next);
			const amount = used ? (one || 0) * copies : 0;
			doc.getElementById('amount_' + i).textContent = amount ? money(amount) : '';
			total += amount;
			all += used ? pages * copies : 0;
		}
		doc.getElementById('total').textContent = money(total);
		if (all > +till.dataset.many && !chosen && field.return.value === 'now')
			field.return.value = 'agreed';
	};
	till.addEventListener('input', event => {
		chosen = chosen || event.target.name === 'return';
		count();
	});
}

/* Scans: tus 1.0.0, one after the other, 256 KiB at a time. */
const form = doc.getElementById('giay');
if (!form)
	return;
const say = form.dataset, token = form.elements.csrf.value, PIECE = 262144;
let busy = 0, queue = Promise.resolve();
form.action = say.page;
form.enctype = 'application/x-www-form-urlencoded';
const base64 = text => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const wait = ms => new Promise(done => setTimeout(done, ms));
const ask = (method, url, headers, body) => fetch(url, { method, body, redirect: 'manual',
	headers: { 'Tus-Resumable': '1.0.0', 'X-Tram-Csrf': token, ...headers } });

function tell(box, text) {
	const fault = box.querySelector('p.live');
	fault.textContent = text || '';
	fault.hidden = !text;
}

async function shots(paper) {
	const reply = await fetch(say.page);
	const fresh = new DOMParser().parseFromString(await reply.text(), 'text/html');
	const from = fresh.getElementById('tep-' + paper), to = doc.getElementById('tep-' + paper);
	if (!from || !to)
		return location.reload();
	const add = to.querySelector('.add');
	to.querySelectorAll('.shot').forEach(item => item.remove());
	from.querySelectorAll('.shot').forEach(item => to.insertBefore(item, add));
	const enough = form.querySelector('#' + CSS.escape(paper) + ' input[value=du]');
	if (enough)
		enough.checked = true;
}

async function send(file, paper, box) {
	const bar = box.querySelector('progress'), key = [say.draft, paper, file.size, file.lastModified].join(' ');
	const faults = { 413: say.large, 422: say.type, 507: say.full };
	let url = keep(key), offset = -1, pause = 1000;
	if (!file.size || file.size > +say.max)
		return tell(box, file.size ? say.large : say.empty);
	bar.hidden = false;
	for (;;) {
		try {
			let reply;
			if (!url)
				reply = await ask('POST', '/tai-len', { 'Upload-Length': file.size, 'Upload-Metadata':
					`filename ${base64(file.name)},component ${base64(paper)},target ${base64(say.draft)}` });
			else if (offset < 0)
				reply = await ask('HEAD', url);
			else
				reply = await ask('PATCH', url, { 'Upload-Offset': offset,
					'Content-Type': 'application/offset+octet-stream' }, file.slice(offset, offset + PIECE));
			if (reply.ok) {
				url = url || reply.headers.get('Location');
				keep(key, url);
				offset = +reply.headers.get('Upload-Offset') || 0;
				bar.value = offset / file.size;
				pause = 1000;
				tell(box);
				if (offset >= file.size)
					break;
			} else if (faults[reply.status]) {
				keep(key, null);
				const why = reply.status === 422 && await reply.json().catch(() => null);
				return tell(box, (why && why.detail) || faults[reply.status]);
			} else if (reply.status === 404 || reply.status === 410) {
				if (!url)
					return location.reload();
				url = null;
				keep(key, null);
			} else if (reply.status === 401 || reply.status === 403 || reply.type === 'opaqueredirect') {
				return location.reload();
			} else {
				throw new Error(reply.status);
			}
		} catch (e) {
			tell(box, say.cut);
			offset = -1;
			await wait(pause);
			pause = Math.min(pause * 2, 15000);
		}
	}
	keep(key, null);
	await shots(paper);
}

form.addEventListener('change', event => {
	const input = event.target;
	if (input.type !== 'file')
		return;
	const box = input.closest('.add'), bar = box.querySelector('progress');
	for (const file of [...input.files]) {
		busy++;
		queue = queue.then(() => send(file, input.dataset.paper, box)).catch(() => tell(box, say.cut))
			.then(() => { bar.hidden = true; busy--; });
	}
	input.value = '';
});
form.addEventListener('submit', event => {
	if (!busy)
		return;
	event.preventDefault();
	keep('scroll', null);
	const bar = form.querySelector('progress:not([hidden])');
	if (bar)
		tell(bar.closest('.add'), say.wait);
});
})();
