/* A signature with finger or pen on the tablet. Without this file the choice is not there and people
 * sign on paper. What is drawn goes into the form as text (dossier/ink.h), nothing is kept here. */
(() => {
'use strict';
const WIDTH = 600, HEIGHT = 200, MOST = 16000, STEP = 3;
const canvas = document.getElementById('ky'), field = document.getElementById('ink');
const context = canvas.getContext && canvas.getContext('2d');
if (!context || !window.PointerEvent)
	return;
for (const part of document.querySelectorAll('[data-sign]'))
	part.hidden = false;
const strokes = [];
let stroke = null;

const line = (from, to) => {
	context.beginPath();
	context.moveTo(from[0], from[1]);
	context.lineTo(to[0], to[1]);
	context.stroke();
};
const pen = () => {
	context.lineWidth = 3;
	context.lineCap = context.lineJoin = 'round';
	context.strokeStyle = '#0a2a6b';
};
const text = () => strokes.filter((points) => points.length > 1).map((points) => points.map(([x, y], i) =>
	i ? `${x - points[i - 1][0]}_${y - points[i - 1][1]}` : `s${x}_${y}`).join('_')).join('');
const clear = () => {
	strokes.length = 0;
	field.value = '';
	context.clearRect(0, 0, WIDTH, HEIGHT);
};
const place = (event) => {
	const box = canvas.getBoundingClientRect();
	const within = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
	return [within((event.clientX - box.left) / box.width * WIDTH, WIDTH),
		within((event.clientY - box.top) / box.height * HEIGHT, HEIGHT)];
};
const add = (event) => {
	const to = place(event), from = stroke[stroke.length - 1];
	if (Math.abs(to[0] - from[0]) + Math.abs(to[1] - from[1]) < STEP)
		return;
	line(from, to);
	stroke.push(to);
};
canvas.addEventListener('pointerdown', (event) => {
	if (stroke || field.value.length > MOST - 2000)
		return;
	event.preventDefault();
	canvas.setPointerCapture(event.pointerId);
	pen();
	stroke = [place(event)];
	strokes.push(stroke);
});
canvas.addEventListener('pointermove', (event) => {
	if (!stroke)
		return;
	for (const one of event.getCoalescedEvents ? event.getCoalescedEvents() : [event])
		add(one);
	if (stroke.length === 0)
		stroke = null;
});
for (const name of ['pointerup', 'pointercancel'])
	canvas.addEventListener(name, () => {
		if (!stroke)
			return;
		stroke = null;
		let value = text();
		/* A scribble without end keeps its beginning. */
		while (value.length > MOST) {
			strokes.pop();
			value = text();
		}
		field.value = value;
	});
document.getElementById('ky-lai').addEventListener('click', clear);

/* The page came back with a fault elsewhere: what was signed stands there again. */
pen();
for (const one of field.value.split('s').slice(1)) {
	const numbers = one.split('_').map(Number);
	const points = [];
	for (let i = 0, x = 0, y = 0; i + 1 < numbers.length; i += 2) {
		x += numbers[i];
		y += numbers[i + 1];
		points.push([x, y]);
		if (points.length > 1)
			line(points[points.length - 2], points[points.length - 1]);
	}
	strokes.push(points);
}
})();
