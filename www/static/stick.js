/* Parts of a stick in pieces (tus 1.0.0), so that a large one fits and a cut line goes on where it was.
Without this file the form sends what one request may hold. */
(() => {
'use strict';
const form = document.getElementById('usb'), bar = document.getElementById('tien-do');
const say = form.dataset, token = form.elements.csrf.value, PIECE = 4194304;
const base64 = text => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const wait = ms => new Promise(done => setTimeout(done, ms));
const ask = (method, url, headers, body) => fetch(url, { method, body, redirect: 'manual',
	headers: { 'Tus-Resumable': '1.0.0', 'X-Tram-Csrf': token, ...headers } });
const tell = (text, tag) => {
	bar.hidden = false;
	bar.className = 'note ' + tag;
	bar.textContent = text;
};
async function send(file, count) {
	let url = '', offset = -1, pause = 1000;
	for (;;) {
		let reply;
		try {
			if (!url)
				reply = await ask('POST', '/tai-len', { 'Upload-Length': file.size, 'Upload-Metadata':
					`filename ${base64(file.name)},target ${base64('usb')}` });
			else if (offset < 0)
				reply = await ask('HEAD', url);
			else
				reply = await ask('PATCH', url, { 'Upload-Offset': offset,
					'Content-Type': 'application/offset+octet-stream' }, file.slice(offset, offset + PIECE));
		} catch (e) {
			reply = null;
		}
		if (reply && reply.ok) {
			url = url || reply.headers.get('Location');
			offset = +reply.headers.get('Upload-Offset') || 0;
			pause = 1000;
			tell(`${say.going} ${count} ${file.name}: ${Math.floor(100 * offset / file.size)} %`, 'plain');
			if (offset >= file.size)
				return '';
		} else if (reply && (reply.status === 422 || reply.status === 413)) {
			return say.wrong;
		} else if (reply && reply.status === 507) {
			return say.full;
		} else if (reply && (reply.type === 'opaqueredirect' || reply.status === 403 || reply.status === 404)) {
			return say.cut;
		} else {
			offset = -1;
			tell(say.cut, 'wait');
			await wait(pause);
			pause = Math.min(2 * pause, 30000);
		}
	}
}
form.addEventListener('submit', async event => {
	const files = [...form.elements.part.files];
	if (!files.length)
		return;
	event.preventDefault();
	form.querySelector('button[type=submit]').disabled = true;
	for (let i = 0; i < files.length; i++) {
		const fault = await send(files[i], `${i + 1}/${files.length}`);
		if (fault) {
			tell(`${files[i].name}: ${fault}`, 'bad');
			form.querySelector('button[type=submit]').disabled = false;
			return;
		}
	}
	location.assign('/usb');
});
})();
