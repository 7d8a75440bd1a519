const views = { lines: LinesView, bars: BarsView, boxes: BoxesView, network: NetworkView, flame: FlameView };
const drawers = [];
const printers = [];

function addWidget(widget, number) {
  widget.number = number;
  const card = make(main, 'section', `widget ${widget.kind}`);
  card.dataset.kind = widget.kind;
  const [x, y, w, h] = widget.grid;
  card.style.gridColumn = `${x + 1} / span ${w}`;
  card.style.gridRow = `${y + 1} / span ${h}`;
  if (h > 4) card.classList.add('tall');
  const head = make(card, 'div', 'head');
  make(head, 'h2', '', widget.title).title = widget.title;
  const count = make(head, 'span', 'count');
  const tools = make(head, 'span', 'tools');
  if (widget.note) make(card, 'p', 'note', widget.note);
  const body = make(card, 'div', 'body');
  const table = tables[widget.table];
  if (widget.kind === 'rows') {
    if (!table) return;
    const view = new TableView(widget, table, body, tools, count);
    printers.push(view);
    drawers.push([body, view]);
    return;
  }
  if (widget.data.leftOut && widget.kind !== 'lines') count.textContent = `${widget.data.leftOut} smaller ones left out`;
  const Kind = views[widget.kind];
  drawers.push([body, new Kind(widget, table, body, tools)]);
}

function addTheme() {
  const button = make(document.querySelector('header'), 'button', '', 'Theme');
  button.title = 'Light, dark, or as the system has it';
  const themes = ['', 'light', 'dark'];
  button.addEventListener('click', () => {
    const next = themes[(themes.indexOf(root.dataset.theme || '') + 1) % themes.length];
    if (next) root.dataset.theme = next;
    else delete root.dataset.theme;
    button.textContent = next ? `Theme: ${next}` : 'Theme';
  });
}

addTheme();
page.widgets.forEach(addWidget);
const byBody = new Map(drawers);
const drawnAt = new Map();
const observer = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const size = `${Math.round(contentRect.width)}x${Math.round(contentRect.height)}`;
    if (drawnAt.get(target) === size || contentRect.width === 0) continue;
    drawnAt.set(target, size);
    byBody.get(target).draw();
  }
});
for (const [body, view] of drawers) {
  view.draw();
  drawnAt.set(body, `${Math.round(body.clientWidth)}x${Math.round(body.clientHeight)}`);
  observer.observe(body);
}
addEventListener('beforeprint', () => printers.forEach((view) => view.print(true)));
addEventListener('afterprint', () => printers.forEach((view) => view.print(false)));
