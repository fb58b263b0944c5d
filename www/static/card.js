/* The camera reads a card's QR (or, where the page says data-to, an invitation's) where the browser can (BarcodeDetector, which wants a secure context);
elsewhere nothing is shown, and the card is scanned, typed or photographed. No picture leaves the page. */
(() => {
'use strict';
const box = document.getElementById('card-may'), input = box && document.getElementById(box.dataset.to || 'card');
if (!box || !input || !isSecureContext || !('BarcodeDetector' in window) || !navigator.mediaDevices)
	return;
const code = box.dataset.to ? /^[\w.-]+\/[\w-]+$/ : /^\d{12}\|/;
const button = box.querySelector('button'), video = box.querySelector('video');
let stream = null;
function stop() {
	if (stream)
		stream.getTracks().forEach(track => track.stop());
	stream = null;
	video.srcObject = null;
	video.hidden = true;
	button.textContent = button.dataset.start;
}
async function look(detector) {
	while (stream) {
		const [found] = await detector.detect(video).catch(() => []);
		if (found && code.test(found.rawValue)) {
			stop();
			input.value = found.rawValue;
			input.form.requestSubmit(input.parentNode.querySelector('button'));
			return;
		}
		await new Promise(done => setTimeout(done, 200));
	}
}
async function start() {
	try {
		const detector = new BarcodeDetector({ formats: ['qr_code'] });
		stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } } });
		video.srcObject = stream;
		video.hidden = false;
		button.textContent = button.dataset.stop;
		await video.play();
		look(detector);
	} catch (error) {
		stop();
		box.querySelector('[role=status]').textContent = button.dataset.fault;
	}
}
BarcodeDetector.getSupportedFormats().then(formats => {
	box.hidden = !formats.includes('qr_code');
}, () => 0);
button.addEventListener('click', () => stream ? stop() : start());
addEventListener('pagehide', stop);
})();
